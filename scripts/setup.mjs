#!/usr/bin/env node
// Makes a machine ready for the demo and the tests. Only Node's own modules: npm's may be missing.
import { fileURLToPath } from 'node:url';
import { stopOwnEngine } from './setup/engine.mjs';
import { inspectMachine } from './setup/machine.mjs';
import { SetupError, stopChildren } from './setup/process.mjs';
import { FOR_DEMO, FOR_TESTS } from './setup/steps.mjs';

/** @import { Step } from './setup/steps.mjs' */

const USAGE = `Usage: node scripts/setup.mjs [--tests | --stop-engine]

Puts in place what is missing: npm packages, a build, git, Docker's engine, Compose, buildx and
base images. It says what it is about to install.

  --tests         also OpenSSH, of which only the tests need a server; its service stays off,
                  tmux, zsh and fish, an older Compose, which is not installed, and images with
                  Prometheus and MariaDB
  --stop-engine   stop an engine that this script started by hand, and nothing else
`;

/** @param {string} line */
const say = (line) => process.stderr.write(`setup: ${line}\n`);
let interrupted = false;

/** @param {readonly string[]} args */
async function main(args) {
  if (args.includes('--help')) {
    process.stdout.write(USAGE);
  } else if (args.length === 0) {
    await setUp(FOR_DEMO);
  } else if (args.length === 1 && args[0] === '--tests') {
    await setUp(FOR_TESTS);
  } else if (args.length === 1 && args[0] === '--stop-engine') {
    await stopOwnEngine(say);
  } else {
    throw new SetupError(`Unknown arguments: ${args.join(' ')}`, { hint: USAGE, exitCode: 2 });
  }
}

/** @param {readonly Step[]} steps */
async function setUp(steps) {
  const context = {
    root: fileURLToPath(new URL('..', import.meta.url)),
    machine: inspectMachine(),
    say,
  };
  const found = await Promise.all(steps.map((step) => step.inPlace(context)));
  if (found.every(Boolean)) {
    say('everything is in place');
    return;
  }
  for (const step of steps) {
    if (!(await step.inPlace(context))) {
      await step.provide(context);
    }
  }
  say('done');
}

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.on(signal, () => {
    interrupted = true;
    stopChildren(signal);
  });
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (interrupted) {
    say('interrupted; run it again to go on');
    process.exitCode = 130;
  } else if (error instanceof SetupError) {
    for (const text of [error.output, error.message, error.hint]) {
      if (text) {
        say(text);
      }
    }
    process.exitCode = error.exitCode;
  } else {
    throw error;
  }
}
