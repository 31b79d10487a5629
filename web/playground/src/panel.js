// One setting and what it draws: its controls, its garments, its way, its two charts.
import { colourOf, costChart, scheduleChart, storedFid } from './charts.js';
import { choice, el, slider } from './elements.js';
import { GRIDS } from './grids.js';
import { gridImage, putGrid, putStrip, stripTime } from './pictures.js';
import { STARTS } from './starts.js';
import { SAMPLERS, callsOf, getSampler, stepsFor } from './samplers.js';
import { MOST_CALLS } from './state.js';

const names = (things) => Object.entries(things).map(([name, thing]) => [name, thing.label]);
const plural = (n, word) => `${n} ${word}${n === 1 ? '' : 's'}`;

export class Panel {
  constructor(key, { models, changed, choose, scrub }) {
    this.key = key;
    this.changed = changed;
    this.frames = [];
    this.shape = [1, 32, 32];
    this.make(models, choose, scrub);
  }

  make(models, choose, scrub) {
    const put = (name) => (value) => {
      this.setting[name] = value;
      this.changed(name);
    };
    const percent = (v) => v.toFixed(2);
    this.controls = {
      model: choice({
        label: 'Network', change: put('model'),
        options: models.map((m) => [m.name, `${m.name} (${(m.parameters / 1e6).toFixed(1)} M)`]),
      }),
      sampler: choice({ label: 'Sampler', options: names(SAMPLERS), change: put('sampler') }),
      calls: slider({
        label: 'Network calls', low: 1, high: MOST_CALLS, step: 1, value: 10, change: put('calls'),
      }),
      eta: slider({
        label: 'Fresh noise', low: 0, high: 1, step: .05, value: 0, text: percent,
        change: put('eta'),
      }),
      grid: choice({ label: 'Times', options: names(GRIDS), change: put('grid') }),
      first: slider({
        label: 'Start at t', low: .05, high: 1, step: .05, value: 1, text: percent,
        change: put('first'),
      }),
      start: choice({ label: 'Start from', options: names(STARTS), change: put('start') }),
    };
    this.about = el('p', { class: 'about' });
    this.grid = el('canvas', {
      class: 'grid', tabindex: 0, role: 'img',
      onclick: (e) => this.click(e, choose), onkeydown: (e) => this.key_(e, choose),
    });
    this.caption = el('p', { class: 'caption' });
    this.strip = el('canvas', {
      class: 'strip', role: 'img', onclick: (e) => scrub(this.shareAt(e)),
    });
    this.way = el('div', { class: 'way' });
    this.scroll = el('div', { class: 'scroll', tabindex: 0, 'aria-label': 'The way, step by step' },
      this.strip);
    this.cost = el('figure');
    this.schedule = el('figure');
    const { model, sampler, calls, ...more } = this.controls;
    const letter = this.key.toUpperCase();
    this.title = el('span');
    this.element = el('section', { class: 'panel', 'aria-label': `Setting ${letter}` },
      el('h2', { class: 'letter' }, letter, this.title),
      el('div', { class: 'pictures' }, this.grid, this.caption),
      el('div', { class: 'controls' }, sampler, this.about, calls,
        el('details', {}, el('summary', {}, 'More: network, fresh noise, times, start'),
          model, ...Object.values(more))),
      this.way,
      el('div', { class: 'charts' }, this.cost, this.schedule));
    this.way.append(
      el('p', { class: 'rows' }, 'The framed one on its way. Above: what the sampler holds, x_t. '
        + 'Below: the network’s guess of the clean picture, x̂0.'),
      this.scroll);
  }

  // The canvas's own pixels below the mouse.
  place(canvas, event) {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width * canvas.width,
      (event.clientY - box.top) / box.height * canvas.height];
  }

  click(event, choose) {
    const i = gridImage(this.grid, this.shape, this.n, ...this.place(this.grid, event));
    if (i !== null) choose(i);
  }

  key_(event, choose) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    choose((this.chosen + step + this.n) % this.n);
  }

  shareAt(event) {
    const k = stripTime(this.shape, this.place(this.strip, event)[0]);
    return k / Math.max(1, this.frames.length - 1);
  }

  get sampler() { return getSampler(this.setting.sampler, this.setting.eta); }
  get steps() { return stepsFor(this.sampler, this.setting.calls); }
  get callsMade() { return callsOf(this.sampler, this.steps); }
  get n() { return this.frames.length ? this.frames[0].x.length / this.size : 0; }
  get size() { return this.shape.reduce((a, b) => a * b); }

  // Show the setting in the controls.
  set(setting) {
    this.setting = setting;
    for (const [name, control] of Object.entries(this.controls)) control.set(setting[name]);
    this.describe();
  }

  describe() {
    const { label, about, eta } = SAMPLERS[this.setting.sampler];
    const made = this.callsMade;
    const much = `${plural(this.steps, 'step')}, ${plural(made, 'call')}`;
    const work = made === this.steps ? '' : ` Now: ${much}.`;
    this.about.textContent = `${label}: ${about}.${work}`;
    this.title.textContent = `: ${label}, ${plural(made, 'call')}`;
    this.controls.eta.hidden = !eta;
    this.element.style.setProperty('--sampler', colourOf(this.setting.sampler));
  }

  // What is known of the model, and the times of the calls.
  know(facts, schedule, times, mode) {
    this.mode = mode;
    this.facts = facts;
    this.schedule_ = schedule;
    this.times = times;
    this.shape = facts.shape;
  }

  begin(start, t) { this.frames = [{ x: start, x0: null, t }]; }

  add({ k, x, x0, t }) { this.frames[k] = { x, x0, t }; }

  // Show the frame at a share of the way; `what` is 'x' or 'x0'.
  show(share, what, chosen) {
    this.chosen = Math.min(chosen, this.n - 1);
    const now = Math.round(share * (this.frames.length - 1));
    const frame = this.frames[now];
    putGrid(this.grid, frame[what] ?? frame.x, this.shape, this.n > 1 ? this.chosen : null);
    this.way.hidden = this.frames.length < 2;
    const room = this.scroll.scrollWidth - this.scroll.clientWidth;
    this.scroll.scrollLeft = room * now / Math.max(1, this.frames.length - 1);
    putStrip(this.strip, this.frames, this.shape, this.chosen, now);
    const said = `${plural(this.n, 'picture')} by ${SAMPLERS[this.setting.sampler].label}, step `
      + `${now} of ${this.steps}`;
    this.grid.setAttribute('aria-label', `${said}. Left and right arrow choose one.`);
    this.strip.setAttribute('aria-label', `Picture ${this.chosen + 1} at each step`);
    this.charts(frame.t);
  }

  charts(now) {
    const { facts, setting } = this;
    const chart = scheduleChart(this.schedule_, this.times, now, colourOf(setting.sampler));
    const where = `Signal (solid) and noise (dashed) over time. The dots are the `
      + `${plural(this.times.length, 'step')} of ${SAMPLERS[setting.sampler].label}.`;
    this.schedule.replaceChildren(chart, el('figcaption', {}, where));
    if (!facts.curve.length) {
      this.cost.replaceChildren(el('figcaption', {}, 'No stored scores of this network.'));
      return;
    }
    const stored = this.isMeasured ? storedFid(facts.curve, setting, this.callsMade) : null;
    this.cost.replaceChildren(costChart(facts, setting, this.callsMade, stored),
      el('figcaption', {}, this.verdict(stored)));
  }

  // Is it drawn as the stored scores were: from noise, at the usual times?
  get isMeasured() {
    const { grid, first, start } = this.setting;
    return this.mode === 'draw' && grid === 'trailing' && first === 1 && start === 'noise';
  }

  verdict(stored) {
    const who = `${SAMPLERS[this.setting.sampler].label}, ${plural(this.callsMade, 'call')}`;
    if (!stored) return `${who}: this very setting has no stored FID.`;
    const how = stored.measured ? 'measured on 2,000 garments' : 'read between two measured points';
    return `${who}: FID ${stored.fid.toFixed(2)}, ${how}. Thin: the other samplers.`;
  }

  say(words) { this.caption.textContent = words; }

  finished({ calls, seconds }) {
    const speed = this.n / seconds;
    this.say(`${plural(calls, 'network call')} for each of ${plural(this.n, 'picture')}: `
      + `${seconds.toFixed(1)} s, ${speed.toFixed(speed < 10 ? 1 : 0)} a second here.`
      + (this.overshot ? ' Ruins? Steps this large overshoot; more calls help.' : ''));
  }

  // Does much of what was drawn lie far beyond black and white?
  get overshot() {
    const { x } = this.frames.at(-1);
    return x.filter((v) => Math.abs(v) > 1.5).length > .1 * x.length;
  }
}
