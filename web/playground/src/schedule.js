// How much signal and how much noise at a time in [0, 1]: log SNR from the numbers that
// `schedule_numbers` of the library's chapter `web` has written down.

const sigmoid = (x) => 1 / (1 + Math.exp(-x));

// The last i with values[i] <= v, but no more than `most`.
function indexOf(values, v, most) {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= v) low = middle + 1;
    else high = middle;
  }
  return Math.min(Math.max(low - 1, 0), most);
}

function cubic(u, h, from, to, slopeFrom, slopeTo) {
  const v = 1 - u;
  return (1 + 2 * u) * v * v * from + u * v * v * h * slopeFrom
    + u * u * (3 - 2 * u) * to - u * u * v * h * slopeTo;
}

export class Schedule {
  constructor({ log_snr: logSnrs, t = null, slope = null }) {
    this.knots = logSnrs;
    this.t = t;
    this.slope = slope;
    this.last = logSnrs.length - 1;
    this.isTable = t === null;
  }

  logSnr(t) {
    const { knots, slope, last } = this;
    if (this.isTable) {
      const i = Math.min(Math.floor(t * last), last - 1);
      return knots[i] + (t * last - i) * (knots[i + 1] - knots[i]);
    }
    const i = indexOf(this.t, t, last - 1);
    const h = this.t[i + 1] - this.t[i];
    return cubic((t - this.t[i]) / h, h, knots[i], knots[i + 1], slope[i], slope[i + 1]);
  }

  // The time at which log SNR is this; beyond the ends, the end.
  timeOf(logSnr) {
    let low = 0;
    let high = 1;
    for (let k = 0; k < 60; k++) {
      const middle = (low + high) / 2;
      if (this.logSnr(middle) > logSnr) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  }

  noisePower(t) { return sigmoid(-this.logSnr(t)); }
  noiseRate(t) { return Math.sqrt(this.noisePower(t)); }
  signalRate(t) { return Math.sqrt(sigmoid(this.logSnr(t))); }

  // Noise rate / signal rate.
  sigma(t) { return Math.exp(-this.logSnr(t) / 2); }
  timeOfSigma(sigma) { return this.timeOf(-2 * Math.log(sigma)); }
}
