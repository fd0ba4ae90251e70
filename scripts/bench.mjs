#!/usr/bin/env node
// Measures the proxy: bundles bench/ with the code it renders its configuration by, and runs that.
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = `${root}.setup/bench.mjs`;
await build({
  entryPoints: [`${root}bench/main.ts`],
  outfile: bundle,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
});
process.argv[2] = root;
try {
  await import(bundle);
} finally {
  await rm(bundle, { force: true });
}
