#!/usr/bin/env node
// The checks that need no set-up except npm's packages: format, lint, types, boundaries, dead code and docs, as many
// at once as there are cores.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

// The longest first.
const CHECKS = ['types', 'boundaries', 'dead-code', 'lint', 'docs-check', 'format'];

/**
 * Runs one of package.json's scripts to its end and shows its output if it failed.
 *
 * @param {string} name
 * @returns {Promise<boolean>} whether it passed
 */
function passes(name) {
  return new Promise((resolve) => {
    const child = spawn('npm', ['run', '--silent', name], { stdio: ['ignore', 'pipe', 'pipe'] });
    /** @type {Buffer[]} */
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.on('error', (error) => output.push(Buffer.from(error.message)));
    child.on('close', (code) => {
      if (code !== 0) process.stderr.write(`${name} failed:\n${Buffer.concat(output)}\n`);
      resolve(code === 0);
    });
  });
}

const waiting = [...CHECKS];
/** @type {boolean[]} */
const results = [];
async function work() {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift())
    results.push(await passes(name));
}
await Promise.all(Array.from({ length: availableParallelism() }, work));
process.exitCode = results.every(Boolean) ? 0 : 1;
