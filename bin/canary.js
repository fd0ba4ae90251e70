#!/bin/sh
//usr/bin/env true; exec node -- "$0" "$@"
// The shell starts Node by the line above. Without `--`, Node 20 takes an `--env-file` that follows for its own.
import { main } from '../dist/main.js';

// The reader may be gone, such as a pusher whose connection broke: work that has begun is still finished.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

process.exitCode = await main(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  env: process.env,
  cwd: process.cwd(),
});
