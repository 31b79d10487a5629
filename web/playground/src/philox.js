// Random numbers as a formula (Philox4x32-10, Salmon et al. 2011): the same as `page_noise` of the
// library's chapter `web`, so that a seed means the same garment in Python and here.

const MULTIPLIERS = [0xD2511F53, 0xCD9E8D57];
const WEYL = [0x9E3779B9, 0xBB67AE85];

// The upper 32 bits of a product of two 32-bit integers.
function upper(a, b) {
  const aLow = a & 0xFFFF;
  const aHigh = a >>> 16;
  const bLow = b & 0xFFFF;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = (middle & 0xFFFF) + aLow * bHigh;
  return (aHigh * bHigh + Math.floor(middle / 65536) + Math.floor(carry / 65536)) >>> 0;
}

export function philox(counter, key) {
  let [a, b, c, d] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const ab = upper(a, MULTIPLIERS[0]);
    const cd = upper(c, MULTIPLIERS[1]);
    const abLow = Math.imul(a, MULTIPLIERS[0]);
    const cdLow = Math.imul(c, MULTIPLIERS[1]);
    [a, b, c, d] = [(cd ^ b ^ k0) >>> 0, cdLow >>> 0, (ab ^ d ^ k1) >>> 0, abLow >>> 0];
    k0 = (k0 + WEYL[0]) >>> 0;
    k1 = (k1 + WEYL[1]) >>> 0;
  }
  return [a, b, c, d];
}

const even = (integer) => (integer + .5) / 2 ** 32;

// Gaussian noise of some images, one after the other: draw 0 is x_T, k the k-th fresh noise.
export function noise(seed, images, draw, size) {
  const out = new Float32Array(images.length * size);
  images.forEach((image, i) => {
    for (let at = 0; at < size; at += 4) {
      const u = philox([at / 4, image, draw, 0], [seed, 0]).map(even);
      for (let j = 0; j < 4 && at + j < size; j++) {
        const r = Math.sqrt(-2 * Math.log(u[j - j % 2]));
        const angle = 2 * Math.PI * u[j - j % 2 + 1];
        out[i * size + at + j] = r * (j % 2 ? Math.sin(angle) : Math.cos(angle));
      }
    }
  });
  return out;
}

const dot = (a, b) => a.reduce((sum, v, i) => sum + v * b[i], 0);

// Spherical interpolation: of two noises of one length, noise of that length (lesson 05).
export function between(a, b, share) {
  const cosine = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
  const flat = angle < 1e-3;
  const u = flat ? 1 - share : Math.sin((1 - share) * angle) / Math.sin(angle);
  const v = flat ? share : Math.sin(share * angle) / Math.sin(angle);
  return a.map((x, i) => u * x + v * b[i]);
}
