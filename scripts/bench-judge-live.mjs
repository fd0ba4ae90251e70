#!/usr/bin/env node
// Measures the judge on the real engine: bundles bench/judge-live/ with what the tests drive a shop by, and runs that.
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
// As deep as the tests: they find the project's files from where they lie.
const folder = `${root}.setup/judge-live`;
await build({
  entryPoints: [`${root}bench/judge-live/main.ts`],
  outfile: `${folder}/main.mjs`,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
});
process.argv[2] = root;
try {
  await import(`${folder}/main.mjs`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
