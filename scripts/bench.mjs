#!/usr/bin/env node
// Runs what measures: bundles it with the code of src/ that it measures. `bench.mjs ENTRY [ARGUMENT...]`.
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const [entry = '', ...rest] = process.argv.slice(2);
// As deep as the tests: what they share with a bench finds the project's files from where it lies.
const bundle = `${root}.setup/bench/${entry.replaceAll('/', '-')}.mjs`;
await build({
  entryPoints: [`${root}${entry}`],
  outfile: bundle,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
});
process.argv.splice(2, Number.POSITIVE_INFINITY, root, ...rest);
try {
  await import(bundle);
} finally {
  await rm(bundle, { force: true });
}
