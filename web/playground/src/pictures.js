// Images (numbers from -1, black, to 1, white) on canvases.

const GAP = 1;

const toByte = (v) => Math.max(0, Math.min(255, Math.round((v + 1) * 127.5)));

// Put image `i` of `images` on a canvas with its upper left corner at (left, top).
function putImage(context, images, shape, i, left, top) {
  const [channels, height, width] = shape;
  const area = height * width;
  const pixels = context.createImageData(width, height);
  for (let at = 0; at < area; at++) {
    for (let c = 0; c < 3; c++) {
      const channel = channels === 1 ? 0 : c;
      pixels.data[4 * at + c] = toByte(images[(i * channels + channel) * area + at]);
    }
    pixels.data[4 * at + 3] = 255;
  }
  context.putImageData(pixels, left, top);
}

export const columnsOf = (n) => (n <= 3 ? n : Math.min(8, Math.ceil(Math.sqrt(n))));

// All images in rows; the chosen one has a frame.
export function putGrid(canvas, images, shape, chosen = null) {
  const [channels, height, width] = shape;
  const n = images.length / (channels * height * width);
  const columns = columnsOf(n);
  canvas.width = columns * (width + GAP) + GAP;
  canvas.height = Math.ceil(n / columns) * (height + GAP) + GAP;
  const context = canvas.getContext('2d');
  for (let i = 0; i < n; i++) {
    const left = GAP + (i % columns) * (width + GAP);
    const top = GAP + Math.floor(i / columns) * (height + GAP);
    if (i === chosen) {
      context.fillStyle = getComputedStyle(canvas).getPropertyValue('--accent');
      context.fillRect(left - GAP, top - GAP, width + 2 * GAP, height + 2 * GAP);
    }
    putImage(context, images, shape, i, left, top);
  }
}

// One image on its way: x_t above, x̂0 below, from left to right.
export function putStrip(canvas, frames, shape, i, now) {
  const [, height, width] = shape;
  canvas.width = frames.length * (width + GAP) + GAP;
  canvas.height = 2 * (height + GAP) + GAP;
  const context = canvas.getContext('2d');
  context.fillStyle = getComputedStyle(canvas).getPropertyValue('--accent');
  frames.forEach((frame, k) => {
    const left = GAP + k * (width + GAP);
    if (k === now) context.fillRect(left - GAP, 0, width + 2 * GAP, canvas.height);
    putImage(context, frame.x, shape, i, left, GAP);
    putImage(context, frame.x0 ?? frame.x, shape, i, left, 2 * GAP + height);
  });
}

export const stripTime = (shape, x) => Math.floor(x / (shape[2] + GAP));

export function gridImage(canvas, shape, n, x, y) {
  const column = Math.floor(x / (shape[2] + GAP));
  const row = Math.floor(y / (shape[1] + GAP));
  const i = row * columnsOf(n) + column;
  return i < n ? i : null;
}

// The canvases side by side, larger, as a file to keep.
export function savePng(canvases, name) {
  const scale = 4;
  const out = document.createElement('canvas');
  out.width = scale * canvases.reduce((sum, c) => sum + c.width, 0);
  out.height = scale * Math.max(...canvases.map((c) => c.height));
  const context = out.getContext('2d');
  context.imageSmoothingEnabled = false;
  let left = 0;
  for (const c of canvases) {
    context.drawImage(c, left, 0, c.width * scale, c.height * scale);
    left += c.width * scale;
  }
  const link = document.createElement('a');
  link.download = name;
  link.href = out.toDataURL('image/png');
  link.click();
}
