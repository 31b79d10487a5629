// What a drawing may start from instead of plain noise: the Gaussian of noised garments, as in
// lesson 10.
import { weighted } from './samplers.js';

export const STARTS = {
  noise: { label: 'plain noise' },
  gaussian: { label: 'noised mean garments' },
};

// {axes, mean, sd}: the garments' covariance by its axes, as the library's chapter `web` writes it.
export function readGarments(buffer, size) {
  const numbers = new Float32Array(buffer);
  if (numbers.length !== size * size + 2 * size) throw new Error('garments.bin is cut short.');
  return {
    axes: numbers.subarray(0, size * size), // row by row: pixel, axis
    mean: numbers.subarray(size * size, size * size + size),
    sd: numbers.subarray(size * size + size),
  };
}

// Noise of one image with another spread along each axis: V f(s) Vᵀ ε.
function spread(axes, factors, eps) {
  const size = eps.length;
  const along = new Float64Array(size);
  for (let p = 0; p < size; p++) {
    for (let k = 0; k < size; k++) along[k] += axes[p * size + k] * eps[p];
  }
  const out = new Float32Array(size);
  for (let p = 0; p < size; p++) {
    let sum = 0;
    for (let k = 0; k < size; k++) sum += axes[p * size + k] * factors[k] * along[k];
    out[p] = sum;
  }
  return out;
}

// ε of one image -> x_t at a time, in the units of the network.
export function gaussianStart(garments, facts, schedule, t, eps) {
  const [mean, sd] = facts.mean ? [facts.mean[0], facts.sd[0]] : [0, 1];
  const noise = schedule.sigma(t) * sd;
  const factors = garments.sd.map((s) => Math.sqrt(s * s + noise * noise));
  const clean = weighted([1, 1], [garments.mean, spread(garments.axes, factors, eps)]);
  const signal = schedule.signalRate(t);
  return clean.map((v) => signal * (v - mean) / sd);
}
