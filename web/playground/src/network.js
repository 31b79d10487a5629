// A network as an ONNX file, run by onnxruntime-web; and what can be wrong with such a file.
import * as ort from 'onnxruntime-web/wasm';

const BATCH = 16; // images per call of the runtime: between two, the worker can be told to stop

ort.env.logLevel = 'error';
ort.env.wasm.wasmPaths = {
  mjs: new URL('./ort/ort-wasm-simd-threaded.mjs', import.meta.url).href,
  wasm: new URL('./ort/ort-wasm-simd-threaded.wasm', import.meta.url).href,
};
// Threads want memory that is shared, which browsers allow only with two headers of the server.
export const threads = self.crossOriginIsolated
  ? Math.min(4, navigator.hardwareConcurrency || 1) : 1;
ort.env.wasm.numThreads = threads;

// The bytes of a file; `progress(loaded)` as they come.
async function bytesOf(url, progress) {
  let response;
  try {
    response = await fetch(url);
  } catch (e) {
    throw new Error(`The network's file could not be fetched (${e.message}): is the server there?`);
  }
  if (!response.ok) {
    throw new Error(`The network's file is missing (${response.status}, ${url.pathname}): `
      + '“make playground” makes it.');
  }
  const parts = [];
  let loaded = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    loaded += value.length;
    progress(loaded);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

export async function loadNetwork(facts, folder, progress) {
  const bytes = await bytesOf(new URL(facts.file, folder), progress);
  if (bytes.length !== facts.bytes) {
    const [had, due] = [bytes.length, facts.bytes].map((v) => v.toLocaleString('en'));
    throw new Error(`The network's file has ${had} bytes instead of ${due}: it is cut short, or of `
      + 'another version. Load the page again; “make playground” makes the file anew.');
  }
  try {
    return await ort.InferenceSession.create(bytes);
  } catch (e) {
    const why = String(e.message ?? e).slice(0, 200);
    if (/backend/.test(why)) throw new Error(`The page's runtime could not start: ${why}`);
    throw new Error(`The network's file (written as ONNX opset ${facts.opset}) cannot be read `
      + `here: ${why}`);
  }
}

// The network's answer about images that are all at one noise.
export async function ask(session, facts, x, told) {
  const size = facts.shape.reduce((a, b) => a * b);
  const out = new Float32Array(x.length);
  for (let at = 0; at < x.length; at += BATCH * size) {
    const some = x.slice(at, at + BATCH * size);
    const n = some.length / size;
    const given = {
      x_t: new ort.Tensor('float32', some, [n, ...facts.shape]),
      told: new ort.Tensor('float32', new Float32Array(n).fill(told), [n]),
    };
    const { answer } = await session.run(given);
    out.set(answer.data, at);
    answer.dispose();
  }
  if (!out.every(Number.isFinite)) {
    throw new Error(`The network's answer is not finite (told ${told}).`);
  }
  return out;
}
