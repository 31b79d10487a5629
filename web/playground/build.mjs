// Bundle the page into site/: its two scripts, the runtime with its WebAssembly, and the licences.
import { build } from 'esbuild';
import { cp, mkdir, rm } from 'node:fs/promises';

const SITE = 'site';
const RUNTIME = 'node_modules/onnxruntime-web/dist';

for (const old of ['page.js', 'worker.js', 'index.html', 'style.css', 'ort']) {
  await rm(`${SITE}/${old}`, { recursive: true, force: true });
}
await mkdir(`${SITE}/ort`, { recursive: true });
await build({
  entryPoints: ['src/page.js', 'src/worker.js'],
  outdir: SITE,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  legalComments: 'eof',
  alias: { 'onnxruntime-web/wasm': './node_modules/onnxruntime-web/dist/ort.wasm.min.mjs' },
});
for (const file of ['ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm']) {
  await cp(`${RUNTIME}/${file}`, `${SITE}/ort/${file}`);
}
for (const file of ['index.html', 'style.css']) await cp(`src/${file}`, `${SITE}/${file}`);
