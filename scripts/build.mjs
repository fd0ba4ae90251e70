/** Bundles src into dist: one entry, a chunk for each lazily imported part, so that `canary --help` starts fast. */
import { copyFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { build } from 'esbuild';

await rm('dist', { recursive: true, force: true });
await build({
  entryPoints: ['src/main.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  logLevel: 'warning',
  // Some dependencies are CommonJS: they call require() for Node's own modules, and SQLite looks for its program beside
  // itself.
  banner: {
    js: "import { createRequire as canaryRequire } from 'node:module'; const require = canaryRequire(import.meta.url); const __dirname = import.meta.dirname;",
  },
});
const sqlite = createRequire(import.meta.url).resolve('node-sqlite3-wasm');
await copyFile(sqlite.replace(/\.js$/, '.wasm'), 'dist/node-sqlite3-wasm.wasm');
