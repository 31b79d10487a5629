// The page's side of the worker: loads networks, asks for drawings, hears of their steps.

export class Artist {
  constructor({ loading, failed }) {
    this.loading = loading;
    this.failed = failed;
    this.models = new Map(); // name -> {promise, resolve, reject}
    this.drawings = new Map(); // id -> {step, resolve, reject}
    this.next = 0;
    this.worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
    this.worker.onmessage = ({ data }) => this.hear(data);
    this.worker.onerror = (e) => failed('The page’s second thread could not start: '
      + `${e.message ?? 'worker.js is missing or damaged'}.`);
  }

  hear(data) {
    const drawing = this.drawings.get(data.id);
    const model = this.models.get(data.name);
    if (data.kind === 'loading') this.loading(data.name, data.loaded);
    if (data.kind === 'step') drawing?.step(data);
    if (data.kind === 'loaded') model.resolve(data);
    if (data.kind === 'failed' && model) {
      this.models.delete(data.name);
      model.reject(new Error(data.message));
    }
    if (data.kind === 'failed') drawing?.reject(new Error(data.message));
    if (data.kind === 'done') drawing?.resolve(data);
    if (data.kind === 'stopped') drawing?.resolve(null);
    if (['failed', 'done', 'stopped'].includes(data.kind)) this.drawings.delete(data.id);
  }

  // A network, once; the answer says with how many threads it runs.
  load(name, facts, folder) {
    if (!this.models.has(name)) {
      const model = resolvers();
      this.models.set(name, model);
      this.worker.postMessage({ kind: 'load', name, facts, folder });
    }
    return this.models.get(name).promise;
  }

  // What was drawn, or null if it was stopped; `step` hears of each step.
  draw(order, step) {
    const id = this.next;
    this.next += 1;
    const promise = new Promise((resolve, reject) => {
      this.drawings.set(id, { step, resolve, reject });
    });
    this.worker.postMessage({ kind: 'draw', id, ...order });
    return { promise, stop: () => this.worker.postMessage({ kind: 'stop', id }) };
  }
}

function resolvers() {
  const out = {};
  out.promise = new Promise((resolve, reject) => Object.assign(out, { resolve, reject }));
  return out;
}
