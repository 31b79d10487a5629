// A network's answer as (x̂0, ε̂), and images in their own units and in those of the network.
import { weighted } from './samplers.js';

// What the network is told at a time of its schedule, as a 32-bit float.
const TOLD = {
  index: (s, t) => Math.round(t * s.last * 1e6) / 1e6,
  time: (s, t) => t,
  time_1000: (s, t) => 1000 * t,
  noise_power: (s, t) => s.noisePower(Math.fround(t)),
  log_snr: (s, t) => s.logSnr(Math.fround(t)),
};

export const told = (facts, schedule, t) => Math.fround(TOLD[facts.told](schedule, t));

// What it predicts -> (x, answer, signal rate, noise rate) -> [x̂0, ε̂]
const CLEAN_AND_NOISE = {
  noise: (x, eps, signal, noise) => [weighted([1 / signal, -noise / signal], [x, eps]), eps],
  signal: (x, x0, signal, noise) => [x0, weighted([1 / noise, -signal / noise], [x, x0])],
  velocity: (x, v, signal, noise) => [
    weighted([signal, -noise], [x, v]), weighted([noise, signal], [x, v])],
};

export function cleanAndNoise(facts, schedule, x, answer, t) {
  const signal = schedule.signalRate(t);
  const noise = schedule.noiseRate(t);
  const [x0, eps] = CLEAN_AND_NOISE[facts.predicts](x, answer, signal, noise);
  return { x0, eps };
}

// The channel of number i of a batch.
const channelOf = ([channels, height, width], i) => Math.floor(i / (height * width)) % channels;

export function toImages(facts, z) {
  if (!facts.mean) return z;
  return z.map((v, i) => {
    const c = channelOf(facts.shape, i);
    return v * facts.sd[c] + facts.mean[c];
  });
}

export function fromImages(facts, x) {
  if (!facts.mean) return x;
  return x.map((v, i) => {
    const c = channelOf(facts.shape, i);
    return (v - facts.mean[c]) / facts.sd[c];
  });
}
