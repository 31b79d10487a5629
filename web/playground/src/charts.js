// Two small charts as SVG: what calls buy, and where they are made.
import { svg } from './elements.js';
import { SAMPLERS } from './samplers.js';

const WIDTH = 360;
const HEIGHT = 190;
const LEFT = 36;
const RIGHT = 10;
const TOP = 10;
const BOTTOM = 30;
const COLOURS = ['#1f77b4', '#ff7f0e', '#2ca02c', '#d62728', '#9467bd', '#8c564b', '#e377c2',
  '#7f7f7f', '#bcbd22', '#17becf']; // as in the course's figures

export const colourOf = (sampler) => COLOURS[SAMPLERS[sampler].colour];

const onto = (low, high, from, to) => (v) => from + (v - low) / (high - low) * (to - from);
const corner = ([x, y], i) => `${i ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
const path = (points) => points.map(corner).join('');
const text = (x, y, words, anchor = 'middle', kind = '') =>
  svg('text', { x, y, 'text-anchor': anchor, class: kind }, words);

const across = (y, kind) =>
  svg('line', { x1: LEFT, x2: WIDTH - RIGHT, y1: y, y2: y, class: kind });

function chart(label) {
  return svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': label });
}

const CALLS = [5, 10, 20, 50];
const FIDS = [.05, .1, .2, .5, 1, 2, 5, 10];

// The stored FID of a setting, between two measured numbers of calls along the line in logarithms.
export function storedFid(curve, { sampler, eta }, calls) {
  const dial = SAMPLERS[sampler].eta ? eta : 0;
  const points = curve.filter((p) => p.sampler === sampler && p.stochasticity === dial);
  const exact = points.find((p) => p.calls === calls);
  if (exact) return { fid: exact.fid, measured: true };
  const below = points.findLast((p) => p.calls < calls);
  const above = points.find((p) => p.calls > calls);
  if (!below || !above) return null;
  const w = Math.log(calls / below.calls) / Math.log(above.calls / below.calls);
  const between = (1 - w) * Math.log(below.fid) + w * Math.log(above.fid);
  return { fid: Math.exp(between), measured: false };
}

// `stored`: the setting's own score, or null.
export function costChart(facts, setting, calls, stored) {
  const { curve, floor } = facts;
  const x = onto(Math.log(4), Math.log(56), LEFT, WIDTH - RIGHT);
  const shown = curve.filter((p) => p.calls <= 56);
  const most = Math.max(...shown.map((p) => p.fid), 1);
  const y = onto(Math.log((floor ?? .1) * .8), Math.log(most * 1.15), HEIGHT - BOTTOM, TOP);
  const at = (p) => [x(Math.log(p.calls)), y(Math.log(p.fid))];
  const out = chart('FID against network calls, stored measurements of 2,000 images');
  for (const c of CALLS) {
    out.append(text(x(Math.log(c)), HEIGHT - 14, String(c)));
  }
  for (const f of FIDS.filter((v) => v <= most * 1.15 && v >= (floor ?? .1) * .8)) {
    const level = y(Math.log(f));
    out.append(across(level, 'grid'));
    out.append(text(LEFT - 5, level + 3.5, String(f), 'end'));
  }
  out.append(text((LEFT + WIDTH) / 2, HEIGHT - 3, 'network calls for a garment'));
  out.append(text(WIDTH - RIGHT, TOP + 8, 'FID: lower is better', 'end'));
  if (floor) {
    const level = y(Math.log(floor));
    out.append(across(level, 'floor'));
    out.append(text(WIDTH - RIGHT, level - 4, 'real pictures', 'end'));
  }
  for (const name of Object.keys(SAMPLERS)) {
    const points = shown.filter((p) => p.sampler === name && p.stochasticity === 0);
    if (!points.length) continue;
    const kind = name === setting.sampler ? 'curve chosen' : 'curve';
    const line = svg('path', { d: path(points.map(at)), stroke: colourOf(name), class: kind });
    line.append(svg('title', {}, SAMPLERS[name].label));
    out.append(line);
    if (name !== setting.sampler) continue;
    for (const p of points) {
      const [cx, cy] = at(p);
      out.append(svg('circle', { cx, cy, r: 3, fill: colourOf(name) }));
    }
  }
  const here = x(Math.log(Math.max(4, Math.min(56, calls))));
  out.append(svg('line', { x1: here, x2: here, y1: TOP, y2: HEIGHT - BOTTOM, class: 'now' }));
  if (stored) {
    const cy = y(Math.log(stored.fid));
    const stroke = colourOf(setting.sampler);
    out.append(svg('circle', { cx: here, cy, r: 6, class: 'mark', stroke }));
  }
  return out;
}

export function scheduleChart(schedule, times, now, colour) {
  const x = onto(1, 0, LEFT, WIDTH - RIGHT);
  const y = onto(0, 1, HEIGHT - BOTTOM, TOP + 4);
  const out = chart('Signal and noise rate against time, and the times of the calls');
  const even = Array.from({ length: 101 }, (_, i) => 1 - i / 100);
  const rates = [
    ['signal', (t) => schedule.signalRate(t)],
    ['noise', (t) => schedule.noiseRate(t)],
  ];
  for (const level of [0, 1]) {
    out.append(across(y(level), 'grid'));
    out.append(text(LEFT - 5, y(level) + 3.5, String(level), 'end'));
  }
  for (const [name, rate] of rates) {
    const d = path(even.map((t) => [x(t), y(rate(t))]));
    out.append(svg('path', { d, class: `rate ${name}` }));
  }
  const place = (t) => [x(t), y(rates[0][1](t))];
  for (const t of times) {
    const [cx, cy] = place(t);
    out.append(svg('line', { x1: cx, x2: cx, y1: cy, y2: y(0), class: 'call', stroke: colour }));
    out.append(svg('circle', { cx, cy, r: 3, fill: colour }));
  }
  out.append(svg('line', { x1: x(now), x2: x(now), y1: TOP, y2: y(0), class: 'now' }));
  out.append(text(LEFT, HEIGHT - 14, 't = 1: all noise', 'start'));
  out.append(text(WIDTH - RIGHT, HEIGHT - 14, 't = 0: no noise', 'end'));
  return out;
}
