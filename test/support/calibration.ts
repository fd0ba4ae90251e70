import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';

/** What a good machine with two cores needs for a round, with nothing else to do. */
const GOOD_MS = 200;
const ROUNDS = 2;
/** A limit that is eight times as long still detects a hang; a longer one keeps people waiting. */
const MOST = 8;

/** A process with work like that of the tests: objects, strings, hashes. */
const WORK = `
let text = '';
for (let round = 0; round < 300; round += 1) {
  const record = {};
  for (let index = 0; index < 300; index += 1) record['key' + ((index * 7919) % 1000)] = index * round;
  text = JSON.stringify(record);
}
for (let round = 0; round < 400; round += 1)
  text = require('node:crypto').createHash('sha256').update(text).digest('hex').repeat(1024);
`;

/**
 * How many times slower this machine currently is than a good one, at least 1, measured by starting a process on every
 * core that does a fixed piece of work. The slowest round counts, because limits that are too long do no harm.
 */
export async function measureSlowness(): Promise<number> {
  let slowest = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    await Promise.all(Array.from({ length: availableParallelism() }, workOnce));
    slowest = Math.max(slowest, performance.now() - began);
  }
  return Math.min(MOST, Math.max(1, slowest / GOOD_MS));
}

async function workOnce(): Promise<void> {
  await once(spawn(process.execPath, ['--eval', WORK], { stdio: 'ignore' }), 'exit');
}
