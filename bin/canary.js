#!/usr/bin/env node
import { main } from '../dist/main.js';

// Whoever read along may be gone, as a pusher whose connection broke: what was begun comes to its end all the same.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

process.exitCode = await main(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  env: process.env,
  cwd: process.cwd(),
});
