// What the page shows, as plain data, and as the part of its address behind the #.
import { GRIDS } from './grids.js';
import { SAMPLERS } from './samplers.js';
import { STARTS } from './starts.js';

export const MOST_IMAGES = 64;
export const MOST_CALLS = 50;
export const LARGEST_SEED = 2 ** 32 - 1;
export const SIDE = 32; // of a picture of one's own
const LEVELS = 16; // of grey in it, as the address keeps it
const MODES = ['draw', 'between', 'own'];
const SHOWN = ['x', 'x0'];

const whole = (low, high) => ({
  read: (text) => (/^\d+$/.test(text) && text >= low && text <= high ? Number(text) : null),
  allowed: `a whole number from ${low} to ${high.toLocaleString('en')}`,
});
const share = (low, high) => ({
  read: (text) => (/^[\d.]+$/.test(text) && text >= low && text <= high ? Number(text) : null),
  allowed: `a number from ${low} to ${high}`,
});
const oneOf = (names) => ({
  read: (text) => (names.includes(text) ? text : null),
  allowed: `one of ${names.join(', ')}`,
});
const drawn = {
  read: (text) => pictureOf(text),
  allowed: 'a picture as this page writes it',
};

const COMMON = {
  mode: oneOf(MODES),
  n: whole(1, MOST_IMAGES),
  seed: whole(0, LARGEST_SEED),
  to: whole(0, LARGEST_SEED),
  compare: whole(0, 1),
  show: oneOf(SHOWN),
  picture: drawn,
};
const settingKinds = (models) => ({
  model: oneOf(models),
  sampler: oneOf(Object.keys(SAMPLERS)),
  calls: whole(1, MOST_CALLS),
  eta: share(0, 1),
  grid: oneOf(Object.keys(GRIDS)),
  first: share(.05, 1),
  start: oneOf(Object.keys(STARTS)),
});

export function defaultState(models) {
  const setting = {
    model: models[0], calls: 10, eta: 0, grid: 'trailing', first: 1, start: 'noise',
  };
  return {
    mode: 'draw', n: 16, seed: 0, to: 1, compare: 0, show: 'x', picture: null,
    a: { ...setting, sampler: 'unipc' },
    b: { ...setting, sampler: 'ddim' },
  };
}

// The picture as two hexadecimal digits a pair of pixels would be long; base64 of 4 bits a pixel.
function textOf(picture) {
  const level = (v) => Math.round((v + 1) / 2 * (LEVELS - 1));
  const bytes = Array.from({ length: picture.length / 2 }, (_, i) =>
    String.fromCharCode(level(picture[2 * i]) * LEVELS + level(picture[2 * i + 1])));
  return btoa(bytes.join('')).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function pictureOf(text) {
  let bytes;
  try {
    bytes = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    return null;
  }
  if (bytes.length !== SIDE * SIDE / 2) return null;
  const grey = (level) => 2 * level / (LEVELS - 1) - 1;
  const out = new Float32Array(SIDE * SIDE);
  [...bytes].forEach((byte, i) => {
    const code = byte.charCodeAt(0);
    out[2 * i] = grey(Math.floor(code / LEVELS));
    out[2 * i + 1] = grey(code % LEVELS);
  });
  return out;
}

// {state, complaints}: what an address says; what makes no sense is left as it is by default.
export function fromAddress(hash, models) {
  const state = defaultState(models);
  const complaints = [];
  const put = (target, kinds, key, text, name) => {
    const kind = Object.hasOwn(kinds, key) ? kinds[key] : null;
    const value = kind ? kind.read(text) : null;
    if (value !== null) target[key] = value;
    else if (!kind) complaints.push(`“${name.slice(0, 20)}” is no setting of this page.`);
    else complaints.push(`${name}=${text.slice(0, 20)}: ${kind.allowed} is needed; `
      + `${target[key] ?? 'none'} is taken instead.`);
  };
  const kinds = settingKinds(models);
  for (const [name, text] of new URLSearchParams(hash.replace(/^#/, ''))) {
    const [panel, key] = name.startsWith('b.') ? ['b', name.slice(2)] : ['a', name];
    if (panel === 'a' && Object.hasOwn(COMMON, key)) put(state, COMMON, key, text, name);
    else put(state[panel], kinds, key, text, name);
  }
  return { state, complaints };
}

export function toAddress(state, models) {
  const usual = defaultState(models);
  const said = new URLSearchParams();
  for (const key of Object.keys(COMMON)) {
    if (key === 'picture' && state.picture) said.set(key, textOf(state.picture));
    else if (state[key] !== usual[key]) said.set(key, state[key]);
  }
  for (const key of Object.keys(settingKinds(models))) {
    if (state.a[key] !== usual.a[key]) said.set(key, state.a[key]);
    if (state.compare && state.b[key] !== usual.b[key]) said.set(`b.${key}`, state.b[key]);
  }
  return `#${said}`;
}
