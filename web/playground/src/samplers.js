// One loop, many steps: the samplers of lesson 10 in the same form. A step is a function
// (state, sigmaTo, ask, draw) -> x̄ at sigmaTo, where x̄ = x_t / signal rate and sigma = noise rate
// / signal rate. `ask` is one more call of the network, `draw` gives fresh noise.

// Σ weight·values, number by number; without those of weight 0.
export function weighted(weights, values) {
  const out = new Float32Array(values[0].length);
  for (let i = 0; i < out.length; i++) {
    let sum = 0;
    for (let j = 0; j < weights.length; j++) sum += weights[j] * values[j][i];
    out[i] = sum;
  }
  return out;
}

const scaled = (factor, values) => weighted([factor], [values]);

// Euler's step, deterministic DDIM.
const euler = (s, sigmaTo) => weighted([1, sigmaTo], [s.x0, s.eps]);

// A step a bit too far, and fresh noise to make up for it; with `euler` this is DDIM's η.
function ancestral(step, eta) {
  if (eta === 0) return step;
  return async (s, sigmaTo, ask, draw) => {
    const up = eta * sigmaTo * Math.sqrt(1 - (sigmaTo / s.sigma) ** 2);
    const xBar = await step(s, Math.sqrt(sigmaTo ** 2 - up ** 2), ask, draw);
    return up === 0 ? xBar : weighted([1, up], [xBar, draw()]);
  };
}

// Runge and Kutta's second order: the network is asked again after a share of the step.
const secondOrder = (share) => async (s, sigmaTo, ask) => {
  const h = sigmaTo - s.sigma;
  const sigmaSecond = share < 1 ? s.sigma + share * h : sigmaTo;
  if (sigmaTo === 0 || sigmaSecond < s.sigmaMin * (1 - 1e-9)) return euler(s, sigmaTo);
  const second = await ask(weighted([1, share * h], [s.xBar, s.eps]), sigmaSecond);
  const late = 1 / (2 * share);
  return weighted([1, h * (1 - late), h * late], [s.xBar, s.eps, second.eps]);
};

// Linear equations by elimination with pivots.
function solved(matrix, right) {
  const rows = matrix.map((row, i) => [...row, right[i]]);
  rows.forEach((_, i) => {
    const size = (row) => Math.abs(row[i]);
    const best = rows.slice(i).reduce((a, b) => (size(b) > size(a) ? b : a));
    const at = rows.indexOf(best);
    [rows[i], rows[at]] = [rows[at], rows[i]];
    rows.forEach((row, j) => {
      if (j === i) return;
      const factor = row[i] / rows[i][i];
      rows[j] = row.map((v, k) => v - factor * rows[i][k]);
    });
  });
  return rows.map((row, i) => row[rows.length] / row[i]);
}

// Weights w with Σ w_j·nodes_j^i = moments_i.
const multistepWeights = (nodes, moments) =>
  solved(moments.map((_, i) => nodes.map((u) => u ** i)), moments);

// A polynomial through the last slopes.
const adamsBashforth = (order) => (s, sigmaTo) => {
  const seen = [s, ...s.past].slice(0, order);
  const h = sigmaTo - s.sigma;
  const nodes = seen.map((p) => (p.sigma - s.sigma) / h);
  const w = multistepWeights(nodes, seen.map((_, i) => 1 / (i + 1)));
  return weighted([1, ...w.map((v) => h * v)], [s.xBar, ...seen.map((p) => p.eps)]);
};

// Weights of an integral over a falling exponential.
function exponentialWeights(H, nodes) {
  const moments = [-Math.expm1(-H)];
  for (let i = 1; i < nodes.length; i++) moments.push(1 - i / H * moments[i - 1]);
  if (nodes.length === 2) moments[1] = moments[0] / 2;
  return multistepWeights(nodes, moments);
}

// A polynomial through the last x̂0 over log σ. eta 0: the ODE, 1: the SDE.
const dpmpp = (order, eta) => (s, sigmaTo, ask, draw) => {
  if (sigmaTo === 0) return s.x0;
  const seen = [s, ...s.past].slice(0, Math.min(order, s.left));
  const h = Math.log(s.sigma / sigmaTo);
  const H = (1 + eta) * h;
  const w = exponentialWeights(H, seen.map((p) => Math.log(s.sigma / p.sigma) / h));
  const xBar = weighted([Math.exp(-H), ...w], [s.xBar, ...seen.map((p) => p.x0)]);
  if (eta === 0) return xBar;
  return weighted([1, sigmaTo * Math.sqrt(-Math.expm1(-2 * eta * h))], [xBar, draw()]);
};

// UniPC's corrector: the last step again, with x̂0 at its end.
const unipcCorrect = (order) => (s) => {
  const [before] = s.past;
  const seen = s.past.slice(0, Math.min(order, s.left + 1));
  const h = Math.log(before.sigma / s.sigma);
  const w = exponentialWeights(h, [...seen.map((p) => Math.log(before.sigma / p.sigma) / h), 1]);
  return weighted([Math.exp(-h), ...w], [before.xBar, ...seen.map((p) => p.x0), s.x0]);
};

const twice = (share) => (eta) => ({
  step: ancestral(secondOrder(share), eta), calls: 2, past: 0, share: eta ? null : share,
});
const once = (step, past, correct = null) => ({ step, calls: 1, past, correct });

// name -> what the page says of it; `make(eta)` is the sampler, `eta`: has it a dial for noise?
export const SAMPLERS = {
  ddpm: {
    label: 'DDPM', colour: 0, eta: false,
    about: 'takes some noise away, adds fresh noise, step by step: the method of 2020',
    make: () => once(ancestral(euler, 1), 0),
  },
  ddim: {
    label: 'DDIM', colour: 2, eta: true,
    about: 'walks straight towards the network’s guess; no dice after the start',
    make: (eta) => once(ancestral(euler, eta), 0),
  },
  heun: {
    label: 'Heun', colour: 3, eta: true,
    about: 'looks ahead before each step, and walks along the mean of both directions: two calls '
      + 'a step',
    make: twice(1),
  },
  midpoint: {
    label: 'Midpoint', colour: 3, eta: true,
    about: 'looks ahead to the middle of each step: two calls a step',
    make: twice(1 / 2),
  },
  adams_bashforth: {
    label: 'Adams–Bashforth', colour: 4, eta: true,
    about: 'looks back at the last direction to see where it turns: second order for one call',
    make: (eta) => once(ancestral(adamsBashforth(2), eta), 1),
  },
  dpmpp_2m: {
    label: 'DPM-Solver++ 2M', colour: 1, eta: true,
    about: 'a line through the last two guesses of the clean picture, over log σ',
    make: (eta) => once(dpmpp(2, eta), 1),
  },
  dpmpp_3m: {
    label: 'DPM-Solver++ 3M', colour: 1, eta: true,
    about: 'a parabola through the last three guesses of the clean picture',
    make: (eta) => once(dpmpp(3, eta), 2),
  },
  dpmpp_2m_sde: {
    label: 'DPM-Solver++ 2M SDE', colour: 9, eta: false,
    about: 'the same line, and fresh noise in each step',
    make: () => once(dpmpp(2, 1), 1),
  },
  unipc: {
    label: 'UniPC', colour: 5, eta: false,
    about: 'a line through its last two guesses, and each step is corrected once the next guess is '
      + 'there',
    make: () => once(dpmpp(2, 0), 2, unipcCorrect(2)),
  },
};

export const getSampler = (name, eta) => SAMPLERS[name].make(SAMPLERS[name].eta ? eta : 0);

// The most steps that take at most so many calls, and what they take.
export const stepsFor = (sampler, calls) => Math.floor((calls + sampler.calls - 1) / sampler.calls);
export const callsOf = (sampler, steps) => steps * sampler.calls - (sampler.calls - 1);

// The loop over times: yields the state before each step, with the network's answer, and the end.
export async function* trajectory({ denoise, schedule, times, xT, sampler, draw }) {
  const sigmas = [...times.map((t) => schedule.sigma(t)), 0];
  const timeAt = new Map(times.map((t, i) => [sigmas[i], t]));
  const sigmaMin = schedule.sigma(0);
  const steps = times.length;
  let xBar = scaled(Math.sqrt(1 + sigmas[0] ** 2), xT);
  let past = [];

  const ask = (bar, sigma) => {
    const t = timeAt.get(sigma) ?? schedule.timeOfSigma(sigma);
    return denoise(scaled(1 / Math.sqrt(1 + sigma ** 2), bar), t);
  };

  for (let k = 0; k < steps; k++) {
    const sigma = sigmas[k];
    const answer = await ask(xBar, sigma);
    const s = { k, left: steps - k, sigma, t: times[k], xBar, ...answer, past, sigmaMin };
    if (sampler.correct && past.length) s.xBar = sampler.correct(s);
    yield s;
    xBar = await sampler.step(s, sigmas[k + 1], ask, draw);
    past = [{ ...s, past: [] }, ...past].slice(0, sampler.past);
  }
  yield { k: steps, left: 0, sigma: 0, t: 0, xBar, x0: xBar };
}

export const xt = (s) => scaled(1 / Math.sqrt(1 + s.sigma ** 2), s.xBar);
