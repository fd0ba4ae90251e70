#!/usr/bin/env node
// Runs canary from its sources, without a build between edit and try: `npm run dev -- ARGS`. In the folder it was called from.
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
// As deep as dist: the program finds the package's files from where it lies.
const bundle = `${root}.setup/dev.mjs`;
await mkdir(`${root}.setup`, { recursive: true });
await build({
  entryPoints: [`${root}src/main.ts`],
  outfile: bundle,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'warning',
});
const { main } = await import(bundle);
const { stdin, stdout, stderr, env } = process;
const cwd = env.INIT_CWD ?? process.cwd();
process.exitCode = await main(process.argv.slice(2), { stdin, stdout, stderr, env, cwd });
