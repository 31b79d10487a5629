// A picture of one's own: 32×32 pixels, drawn with the mouse, a finger or the keyboard.
import { SIDE } from './state.js';

// Something to begin with: a shirt, as a child would draw it.
const SHIRT = [[[10, 8], [22, 8], [22, 27], [10, 27]], [[4, 9], [10, 8], [10, 14], [5, 17]],
  [[22, 8], [28, 9], [27, 17], [22, 14]]];

// Is a point within a convex shape, whose corners go round clockwise?
const within = (corners, x, y) => corners.every(([ax, ay], i) => {
  const [bx, by] = corners[(i + 1) % corners.length];
  return (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= 0;
});

function shirt() {
  return Float32Array.from({ length: SIDE * SIDE }, (_, i) => {
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    return SHIRT.some((part) => within(part, x, y)) ? .4 : -1;
  });
}

const MARGIN = 2; // the course's garments lie within 28×28 of the 32×32 pixels

export class Sketch {
  constructor(canvas, changed) {
    this.canvas = canvas;
    this.changed = changed;
    this.pixels = shirt();
    this.cursor = [SIDE / 2, SIDE / 2];
    this.brush = { grey: .8, radius: 1.5 };
    this.before = null; // where the stroke was
    canvas.width = SIDE;
    canvas.height = SIDE;
    canvas.addEventListener('pointerdown', (e) => this.begin(e));
    canvas.addEventListener('pointermove', (e) => this.go(e));
    canvas.addEventListener('pointerup', () => this.end());
    canvas.addEventListener('pointercancel', () => this.end());
    canvas.addEventListener('keydown', (e) => this.key(e));
    canvas.addEventListener('blur', () => this.show());
    this.show();
  }

  set(pixels) {
    this.pixels = pixels.slice();
    this.show();
  }

  clear() {
    this.pixels.fill(-1);
    this.show();
    this.changed();
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    const along = (at, from, size) => (at - from) / size * SIDE - .5;
    return [along(event.clientX, box.left, box.width), along(event.clientY, box.top, box.height)];
  }

  begin(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.before = this.place(event);
    this.dab(this.before);
  }

  go(event) {
    if (!this.before) return;
    const to = this.place(event);
    const [x, y] = this.before;
    const steps = Math.max(1, Math.ceil(2 * Math.hypot(to[0] - x, to[1] - y)));
    for (let i = 1; i <= steps; i++) {
      this.dab([x + (to[0] - x) * i / steps, y + (to[1] - y) * i / steps]);
    }
    this.before = to;
  }

  end() {
    if (!this.before) return;
    this.before = null;
    this.changed();
  }

  key(event) {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const [dx, dy] = move[event.key] ?? [0, 0];
    if (!dx && !dy && event.key !== ' ') return;
    event.preventDefault();
    const inside = (v) => Math.max(0, Math.min(SIDE - 1, v));
    this.cursor = [inside(this.cursor[0] + dx), inside(this.cursor[1] + dy)];
    if (event.key === ' ' || event.shiftKey) {
      this.dab(this.cursor);
      this.changed();
    }
    this.show(true);
  }

  dab([x, y]) {
    const { grey, radius } = this.brush;
    for (let row = MARGIN; row < SIDE - MARGIN; row++) {
      for (let column = MARGIN; column < SIDE - MARGIN; column++) {
        if (Math.hypot(column - x, row - y) <= radius) this.pixels[row * SIDE + column] = grey;
      }
    }
    this.show();
  }

  show(withCursor = false) {
    const context = this.canvas.getContext('2d');
    const image = context.createImageData(SIDE, SIDE);
    this.pixels.forEach((v, i) => {
      image.data.set([0, 1, 2].map(() => Math.round((v + 1) * 127.5)), 4 * i);
      image.data[4 * i + 3] = 255;
    });
    context.putImageData(image, 0, 0);
    if (!withCursor) return;
    context.fillStyle = getComputedStyle(this.canvas).getPropertyValue('--accent');
    context.fillRect(...this.cursor, 1, 1);
  }
}
