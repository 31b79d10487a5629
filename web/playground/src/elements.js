// Small helpers for what is on the page.

const SVG = 'http://www.w3.org/2000/svg';

function filled(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, '');
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

export const el = (tag, attributes = {}, ...children) =>
  filled(document.createElement(tag), attributes, children);

export const svg = (tag, attributes = {}, ...children) =>
  filled(document.createElementNS(SVG, tag), attributes, children);

export const byId = (id) => document.getElementById(id);

// A labelled range with its value beside it.
export function slider({ label, low, high, step, value, text = String, change }) {
  const shown = el('output', {}, text(value));
  const input = el('input', {
    type: 'range', min: low, max: high, step, value,
    oninput: () => {
      shown.textContent = text(Number(input.value));
      change(Number(input.value));
    },
  });
  const row = el('label', { class: 'slider' }, el('span', {}, label), input, shown);
  row.set = (v) => {
    input.value = v;
    shown.textContent = text(v);
  };
  return row;
}

export function choice({ label, options, value, change }) {
  const select = el('select', { onchange: () => change(select.value) },
    ...options.map(([name, words]) => el('option', { value: name }, words)));
  select.value = value;
  const row = el('label', { class: 'choice' }, el('span', {}, label), select);
  row.set = (v) => { select.value = v; };
  return row;
}
