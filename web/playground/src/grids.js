// Where the calls are made: (schedule, steps, first) -> so many falling times, as in lesson 10.

function evenly(first, last, steps) {
  if (steps === 1) return [first];
  return Array.from({ length: steps }, (_, i) => first + (last - first) * i / (steps - 1));
}

// To the nearest integer, of two to the even one, as Python rounds.
function rounded(x) {
  const low = Math.floor(x);
  if (x - low !== .5) return Math.round(x);
  return low % 2 ? low + 1 : low;
}

function trailing(schedule, steps, first) {
  const numbers = Array.from({ length: steps }, (_, k) => k);
  if (!schedule.isTable) return numbers.map((k) => first * (steps - k) / steps);
  const entries = rounded(first * schedule.last) + 1;
  if (entries < steps) {
    throw new RangeError(`From this start only ${entries} times of the table are left, fewer than `
      + `${steps} steps: start earlier, or take fewer calls.`);
  }
  return numbers.map((k) => (rounded(entries - k * entries / steps) - 1) / schedule.last);
}

function evenlyIn(value, timeOf) {
  return (schedule, steps, first) => {
    const values = evenly(value(schedule, first), value(schedule, 0), steps);
    return values.map((v, i) => (i ? timeOf(schedule, v) : first));
  };
}

const RHO = 7;

export const GRIDS = {
  trailing: {
    label: 'even, never at t = 0',
    times: trailing,
  },
  uniform: {
    label: 'even, with both ends',
    times: (schedule, steps, first) => evenly(first, 0, steps),
  },
  log_snr: {
    label: 'even in log SNR',
    times: evenlyIn((s, t) => s.logSnr(t), (s, logSnr) => s.timeOf(logSnr)),
  },
  karras: {
    label: 'Karras, dense where clean',
    times: evenlyIn((s, t) => s.sigma(t) ** (1 / RHO), (s, root) => s.timeOfSigma(root ** RHO)),
  },
};

export const stepTimes = (schedule, steps, grid, first) =>
  GRIDS[grid].times(schedule, steps, first);
