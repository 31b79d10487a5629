// The page's second thread: it holds the networks and walks from noise to garments. It is told
// {kind: 'load', name, facts, folder}, {kind: 'draw', id, …} and {kind: 'stop', id}, and answers
// 'loading', 'loaded', 'step', 'done', 'stopped' or 'failed'.
import { cleanAndNoise, toImages, told } from './denoiser.js';
import { stepTimes } from './grids.js';
import { ask, loadNetwork, threads } from './network.js';
import { noise } from './philox.js';
import { Schedule } from './schedule.js';
import { getSampler, trajectory, xt } from './samplers.js';

const models = new Map(); // name -> promise of {session, facts, schedule}
const stopped = new Set(); // ids of drawings that nobody wants any more
let last = Promise.resolve();

async function load({ name, facts, folder }) {
  const progress = (loaded) => postMessage({ kind: 'loading', name, loaded });
  const session = await loadNetwork(facts, folder, progress);
  return { session, facts, schedule: new Schedule(facts.schedule) };
}

// Messages that came meanwhile are read now.
const breath = () => new Promise((go) => { setTimeout(go); });

async function draw({ id, model, setting, start, seed, images }) {
  const { session, facts, schedule } = await models.get(model);
  const size = start.length / images.length;
  const times = stepTimes(schedule, setting.steps, setting.grid, setting.first);
  let calls = 0;
  let draws = 0;

  const denoise = async (x, t) => {
    calls += 1;
    const answer = await ask(session, facts, x, told(facts, schedule, t));
    return cleanAndNoise(facts, schedule, x, answer, t);
  };
  const fresh = () => {
    draws += 1;
    return noise(seed, images, draws, size);
  };

  const began = performance.now();
  const walk = trajectory({
    denoise, schedule, times, xT: start, draw: fresh,
    sampler: getSampler(setting.sampler, setting.eta),
  });
  for await (const s of walk) {
    const step = { k: s.k, t: s.t, x: toImages(facts, xt(s)), x0: toImages(facts, s.x0) };
    postMessage({ kind: 'step', id, calls, ...step });
    await breath();
    if (stopped.delete(id)) return postMessage({ kind: 'stopped', id });
  }
  const seconds = (performance.now() - began) / 1000;
  return postMessage({ kind: 'done', id, calls, seconds, threads });
}

const failed = (about) => (e) => postMessage({ kind: 'failed', ...about, message: e.message });

self.onmessage = ({ data }) => {
  if (data.kind === 'stop') stopped.add(data.id);
  if (data.kind === 'load') {
    const { name } = data;
    models.set(name, load(data));
    models.get(name).then(
      () => postMessage({ kind: 'loaded', name, threads }),
      (e) => {
        models.delete(name);
        failed({ name })(e);
      });
  }
  if (data.kind === 'draw') last = last.then(() => draw(data)).catch(failed({ id: data.id }));
};
