// The playground: reads its address, loads the networks, draws, and keeps all parts in step.
import { Artist } from './artist.js';
import { fromImages, toImages } from './denoiser.js';
import { byId, el, slider } from './elements.js';
import { stepTimes } from './grids.js';
import { Panel } from './panel.js';
import { between, noise } from './philox.js';
import { savePng } from './pictures.js';
import { weighted } from './samplers.js';
import { Schedule } from './schedule.js';
import { Sketch } from './sketch.js';
import { gaussianStart, readGarments } from './starts.js';
import { LARGEST_SEED, MOST_IMAGES, SIDE, defaultState, fromAddress, toAddress } from './state.js';
import { TRIES } from './tries.js';

const MODELS = new URL('./models/', import.meta.url);
const SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65,
  0, 253, 15, 253, 98, 11]; // a module with one instruction of SIMD

const page = {
  models: [], // [{name, parameters, bytes}]
  facts: new Map(), // name -> model.json
  garments: null, // for starts from their Gaussian, once one is wanted
  state: null,
  panels: {},
  running: [], // drawings under way
  turn: 0, // counts drawings, so that an older one knows that it is
  drawn: false, // has a drawing been asked for? Then each change draws anew
  share: 0, // of the way that is shown
  chosen: 0, // number of the framed picture
};

function complain(...messages) {
  const alert = byId('alert');
  alert.replaceChildren(...messages.map((m) => el('p', {}, m)));
  alert.hidden = !messages.length;
}

const say = (words) => { byId('status').textContent = words; };

async function read(file) {
  const url = new URL(file, MODELS);
  let response;
  try {
    response = await fetch(url);
  } catch (e) {
    throw new Error(`${url.pathname} could not be fetched (${e.message}): is the server there?`);
  }
  if (!response.ok) {
    throw new Error(`${url.pathname} is missing (${response.status}): “make playground” makes `
      + 'it.');
  }
  return response;
}

async function readJson(file) {
  const response = await read(file);
  try {
    return await response.json();
  } catch {
    throw new Error(`${file} is damaged: “make playground” makes it anew.`);
  }
}

const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

function loading(name, loaded) {
  const { bytes } = page.facts.get(name);
  say(`Loading the network ${name}: ${megabytes(loaded)} of ${megabytes(bytes)} MB …`);
}

const shownPanels = () => (page.state.compare ? [page.panels.a, page.panels.b] : [page.panels.a]);
const sizeOf = (shape) => shape.reduce((a, b) => a * b);

// What is known of a setting's model, and what it starts from.
async function know({ model, start }) {
  if (!page.facts.has(model)) page.facts.set(model, await readJson(`${model}/model.json`));
  if (start !== 'gaussian' || page.garments) return;
  const garments = await read('garments.bin');
  page.garments = readGarments(await garments.arrayBuffer(), SIDE * SIDE);
}

// The network itself, in the worker.
async function need(setting) {
  await know(setting);
  const { model } = setting;
  const folder = new URL(`${model}/`, MODELS).href;
  const { threads } = await page.artist.load(model, page.facts.get(model), folder);
  return threads;
}

// Noise of each image, as the setting starts from it at a time.
function startsFrom({ start }, facts, schedule, t, noises) {
  if (start === 'noise') return noises;
  if (String(facts.shape) !== `1,${SIDE},${SIDE}`) {
    const shape = facts.shape.join('×');
    throw new Error(`The mean garment is known for 1×${SIDE}×${SIDE}, not ${shape}.`);
  }
  const size = sizeOf(facts.shape);
  const out = new Float32Array(noises.length);
  for (let at = 0; at < noises.length; at += size) {
    const eps = noises.subarray(at, at + size);
    out.set(gaussianStart(page.garments, facts, schedule, t, eps), at);
  }
  return out;
}

// Where a drawing starts: {start, images} in the units of the network.
function startOf(setting, facts, schedule, times) {
  const { mode, n, seed, to, picture } = page.state;
  const size = sizeOf(facts.shape);
  const all = Array.from({ length: n }, (_, i) => i);
  const from = (noises) => startsFrom(setting, facts, schedule, times[0], noises);
  if (mode === 'draw') return { start: from(noise(seed, all, 0, size)), images: all };
  const start = new Float32Array(n * size);
  if (mode === 'between') {
    const [a, b] = [seed, to].map((s) => noise(s, [0], 0, size));
    all.forEach((i) => start.set(between(a, b, n > 1 ? i / (n - 1) : .5), i * size));
    return { start: from(start), images: all.map(() => 0) };
  }
  if (picture.length !== size) {
    throw new Error(`Your picture has ${picture.length} numbers, the network wants ${size}.`);
  }
  const clean = fromImages(facts, picture);
  const rates = [schedule.signalRate(times[0]), schedule.noiseRate(times[0])];
  const eps = noise(seed, all, 0, size);
  all.forEach((i) => {
    const own = eps.slice(i * size, (i + 1) * size);
    start.set(weighted(rates, [clean, own]), i * size);
  });
  return { start, images: all };
}

function checkShapes() {
  const [a, b] = shownPanels().map((p) => page.facts.get(p.setting.model));
  if (!b || String(a.shape) === String(b.shape)) return;
  throw new Error(`${a.name} draws images of ${a.shape.join('×')} numbers, ${b.name} of `
    + `${b.shape.join('×')}: the same noise cannot start both. Choose two networks of one shape.`);
}

// What a panel is about to draw, shown as noise; the order for the worker.
function prepare(panel) {
  const { setting } = panel;
  const facts = page.facts.get(setting.model);
  const schedule = new Schedule(facts.schedule);
  const times = stepTimes(schedule, panel.steps, setting.grid, setting.first);
  const { start, images } = startOf(setting, facts, schedule, times);
  panel.know(facts, schedule, times, page.state.mode);
  panel.begin(toImages(facts, start), times[0]);
  const how = { ...setting, steps: panel.steps };
  return { model: setting.model, setting: how, start, seed: page.state.seed, images };
}

function show() {
  for (const panel of shownPanels()) {
    if (panel.frames.length) panel.show(page.share, page.state.show, page.chosen);
  }
  page.way.set(page.share);
}

async function drawPanel(panel, order, turn) {
  panel.say('Drawing …');
  const drawing = page.artist.draw(order, (step) => {
    if (turn !== page.turn) return;
    panel.add(step);
    page.share = 1;
    show();
    panel.say(`Step ${step.k} of ${panel.steps}, network call ${step.calls} …`);
  });
  page.running.push(drawing);
  const done = await drawing.promise;
  if (done && turn === page.turn) panel.finished(done);
  return done;
}

function stop() {
  page.turn += 1;
  for (const drawing of page.running) drawing.stop();
  page.running = [];
}

// Draw what the state says, one panel after the other; what came out, or null if a newer one began.
async function draw() {
  stop();
  const { turn } = page;
  page.drawn = true;
  complain();
  byId('stop').disabled = false;
  try {
    const panels = shownPanels();
    for (const panel of panels) await need(panel.setting);
    if (turn !== page.turn) return null;
    ready();
    checkShapes();
    const orders = panels.map(prepare);
    page.share = 0;
    show();
    const out = [];
    for (const [i, panel] of panels.entries()) out.push(await drawPanel(panel, orders[i], turn));
    if (turn !== page.turn) return null;
    byId('live').textContent = panels.map((p) => p.caption.textContent).join(' ');
    return out;
  } catch (e) {
    if (turn === page.turn) complain(e.message);
    return null;
  } finally {
    if (turn === page.turn) byId('stop').disabled = true;
  }
}

// The noise that is about to be drawn from, before anybody has pressed a button.
async function preview() {
  try {
    for (const { setting } of shownPanels()) await know(setting);
    checkShapes();
    shownPanels().forEach(prepare);
  } catch (e) {
    complain(e.message);
    return;
  }
  page.share = 0;
  show();
  for (const panel of shownPanels()) {
    panel.say(page.state.mode === 'own' ? 'Your picture, drowned in noise up to t.'
      : 'Noise. Press “Draw”.');
  }
}

let waiting = null;

// Something was changed: the address says it, and a while later it is drawn.
function changed() {
  const names = page.models.map((m) => m.name);
  history.replaceState(null, '', toAddress(page.state, names));
  arrange();
  clearTimeout(waiting);
  waiting = setTimeout(() => (page.drawn ? draw() : preview()), 250);
}

// Show and hide what belongs to the mode.
function arrange() {
  const { mode, compare } = page.state;
  for (const button of document.querySelectorAll('[data-mode]')) {
    button.setAttribute('aria-pressed', button.dataset.mode === mode);
  }
  byId('to-row').hidden = mode !== 'between';
  byId('own').hidden = mode !== 'own';
  byId('compare').checked = Boolean(compare);
  page.panels.b.element.hidden = !compare;
  byId('panels').classList.toggle('two', Boolean(compare));
  byId('seed').value = page.state.seed;
  byId('to').value = page.state.to;
  page.count.set(page.state.n);
  page.depth.set(page.state.a.first);
  byId('show-x').checked = page.state.show === 'x';
  byId('show-x0').checked = page.state.show === 'x0';
  for (const panel of Object.values(page.panels)) panel.set(page.state[panel.key]);
}

function setMode(mode) {
  page.state.mode = mode;
  const { a, b } = page.state;
  if (mode === 'own') {
    page.state.picture ??= page.sketch.pixels.slice();
    for (const setting of [a, b]) if (setting.first === 1) setting.first = .5;
  } else {
    for (const setting of [a, b]) if (setting.first === .5) setting.first = 1;
  }
  changed();
}

function readSeed(id, key) {
  const value = Number(byId(id).value);
  if (Number.isInteger(value) && value >= 0 && value <= LARGEST_SEED) {
    page.state[key] = value;
    complain();
    changed();
  } else {
    complain(`A seed is a whole number from 0 to ${LARGEST_SEED.toLocaleString('en')}.`);
  }
}

const randomSeed = () => crypto.getRandomValues(new Uint32Array(1))[0] % 100_000;

async function copyLink() {
  try {
    await navigator.clipboard.writeText(location.href);
    say('The link is copied: it holds all that is set here.');
  } catch {
    say('Copy the address of this page: it holds all that is set here.');
  }
}

async function play() {
  const frames = Math.max(...shownPanels().map((p) => p.frames.length));
  const { turn } = page;
  for (let k = 0; k < frames; k++) {
    if (turn !== page.turn) return;
    page.share = k / Math.max(1, frames - 1);
    show();
    await new Promise((go) => { setTimeout(go, Math.min(150, 2500 / frames)); });
  }
}

function takeChosen() {
  const panel = page.panels.a;
  const frame = panel.frames.at(-1);
  const at = panel.chosen * panel.size;
  page.sketch.set(frame.x.slice(at, at + panel.size).map((v) => Math.max(-1, Math.min(1, v))));
  page.state.picture = page.sketch.pixels.slice();
  setMode('own');
}

function connect() {
  page.count = slider({
    label: 'Garments', low: 1, high: MOST_IMAGES, step: 1, value: page.state.n,
    change: (v) => {
      page.state.n = v;
      changed();
    },
  });
  byId('count').append(page.count);
  page.way = slider({
    label: 'From noise to garment', low: 0, high: 1, step: .001, value: 0, text: () => '',
    change: (v) => {
      page.share = v;
      show();
    },
  });
  byId('way').prepend(page.way);
  byId('draw').onclick = () => draw();
  byId('stop').onclick = () => {
    stop();
    byId('stop').disabled = true;
  };
  byId('dice').onclick = () => {
    page.state.seed = randomSeed();
    changed();
    page.drawn = true;
  };
  byId('seed').onchange = () => readSeed('seed', 'seed');
  byId('to').onchange = () => readSeed('to', 'to');
  byId('compare').onchange = () => {
    page.state.compare = Number(byId('compare').checked);
    changed();
  };
  for (const what of ['x', 'x0']) {
    byId(`show-${what}`).onchange = () => {
      page.state.show = what;
      history.replaceState(null, '', toAddress(page.state, page.models.map((m) => m.name)));
      show();
    };
  }
  for (const button of document.querySelectorAll('[data-mode]')) {
    button.onclick = () => setMode(button.dataset.mode);
  }
  byId('play').onclick = play;
  byId('save').onclick = () => savePng(shownPanels().map((p) => p.grid), 'garments.png');
  byId('link').onclick = copyLink;
  byId('take').onclick = takeChosen;
  page.sketch = new Sketch(byId('sketch'), () => {
    page.state.picture = page.sketch.pixels.slice();
    changed();
  });
  page.depth = slider({
    label: 'Noise up to t', low: .05, high: 1, step: .05, value: .5, text: (v) => v.toFixed(2),
    change: (v) => {
      page.state.a.first = v;
      page.state.b.first = v;
      changed();
    },
  });
  byId('depth').append(page.depth);
  byId('clear').onclick = () => page.sketch.clear();
  byId('grey').oninput = () => { page.sketch.brush.grey = Number(byId('grey').value); };
  byId('tries').append(...TRIES.map(({ title, look, address }) => el('li', {},
    el('a', { href: address }, title), el('span', {}, ` ${look}`))));
  window.addEventListener('hashchange', () => {
    if (restore().length) preview();
    else draw();
  });
}

// Show what a state says, before it is drawn.
function take(state) {
  page.state = state;
  page.chosen = 0;
  if (state.picture) page.sketch.set(state.picture);
  if (state.mode === 'own') state.picture ??= page.sketch.pixels.slice();
  arrange();
}

// Take over what the address says.
function restore() {
  const { state, complaints } = fromAddress(location.hash, page.models.map((m) => m.name));
  take(state);
  complain(...complaints);
  return complaints;
}

function ready() {
  const [{ setting }] = shownPanels();
  const how = page.threads > 1 ? `on ${page.threads} threads of your processor`
    : 'on one thread of your processor (more where the server allows it, as “make '
      + 'playground-serve” does)';
  const { parameters } = page.models.find((m) => m.name === setting.model);
  const size = `${(parameters / 1e6).toFixed(1)} million weights`;
  say(`Ready. The network, ${setting.model} with ${size}, runs in this page, ${how}; nothing `
    + 'leaves it.');
}

function checkBrowser() {
  const able = typeof WebAssembly === 'object' && WebAssembly.validate(new Uint8Array(SIMD));
  if (able) return;
  throw new Error('This browser has no WebAssembly with SIMD, which the network needs. Any browser '
    + 'since about 2021 (Chrome 91, Firefox 89, Safari 16.4) has it.');
}

async function begin() {
  checkBrowser();
  say('Reading the list of networks …');
  page.models = await readJson('models.json');
  const names = page.models.map((m) => m.name);
  page.artist = new Artist({ loading, failed: complain });
  const choose = (i) => {
    page.chosen = i;
    show();
  };
  const scrub = (share) => {
    page.share = share;
    show();
  };
  for (const key of ['a', 'b']) {
    page.panels[key] = new Panel(key, { models: page.models, changed, choose, scrub });
    byId('panels').append(page.panels[key].element);
  }
  page.state = defaultState(names);
  connect();
  const complaints = restore();
  byId('main').hidden = false;
  await preview();
  if (complaints.length) complain(...complaints);
  page.threads = await need(page.state.a);
  ready();
  byId('draw').disabled = false;
  if (location.hash.length > 1 && !complaints.length) await draw();
}

// For the console, and for the page's tests: what an address draws, as numbers.
window.playground = {
  async draw(address) {
    const { state, complaints } = fromAddress(address, page.models.map((m) => m.name));
    if (complaints.length) throw new Error(complaints.join(' '));
    take(state);
    const done = await draw();
    if (!done) throw new Error(byId('alert').textContent || 'Something else was drawn meanwhile.');
    return shownPanels().map((p, i) => ({ ...done[i], images: p.frames.at(-1).x }));
  },
  noise,
};

begin().then(
  () => { document.body.dataset.ready = 'yes'; },
  (e) => {
    say('');
    complain(e.message);
    document.body.dataset.ready = 'failed';
  });
