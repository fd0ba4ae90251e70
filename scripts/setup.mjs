#!/usr/bin/env node
// Makes a machine ready for the demo and the tests. Only Node's own modules: npm's may be missing.
import { fileURLToPath } from 'node:url';
import { build } from './setup/build.mjs';
import { engine, stopOwnEngine } from './setup/engine.mjs';
import { git } from './setup/git.mjs';
import { images } from './setup/images.mjs';
import { inspectMachine } from './setup/machine.mjs';
import { npmPackages } from './setup/npm-packages.mjs';
import { oldestCompose } from './setup/oldest-compose.mjs';
import { plugins } from './setup/plugins.mjs';
import { SetupError, stopChildren } from './setup/process.mjs';
import { ssh } from './setup/ssh.mjs';
import { mariadb, prometheus } from './setup/test-images.mjs';

const USAGE = `Usage: node scripts/setup.mjs [--tests | --stop-engine]

Puts in place what is missing: npm packages, a build, git, Docker's engine, Compose, buildx and
base images. It says what it is about to install.

  --tests         also OpenSSH, of which only the tests need a server; its service stays off,
                  an older Compose, which is not installed, and images with Prometheus and MariaDB
  --stop-engine   stop an engine that this script started by hand, and nothing else
`;
// In this order: each step may need the ones before it.
const FOR_DEMO = [npmPackages, build, git, engine, plugins, images];
const FOR_TESTS = [...FOR_DEMO, ssh, oldestCompose, prometheus, mariadb];

const say = (line) => process.stderr.write(`setup: ${line}\n`);
let interrupted;

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

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    interrupted = signal;
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
