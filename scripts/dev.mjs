#!/usr/bin/env node
// Runs canary from its sources, without a build, in the folder it was called from: `npm run dev -- ARGS`.
import { importBundled } from './bundle.mjs';

// As deep as dist: the program finds the package's files from its own place.
const { main } = await importBundled('src/main.ts', `dev-${process.pid}.mjs`);
const { stdin, stdout, stderr, env } = process;
const cwd = env.INIT_CWD ?? process.cwd();
process.exitCode = await main(process.argv.slice(2), { stdin, stdout, stderr, env, cwd });
