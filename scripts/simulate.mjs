// Plays lives on the simulated machine: `npm run simulate` all kills and many seeds, `-- --seeds N` other seeds than
// CI, `-- --seed N --trace` one of them, with each call and its simulated time.
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string' },
    from: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
  },
});

const LIVES = 'test/world/lives.test.ts';
const one = values.seed && {
  ...{ CANARY_SEED: values.seed, CANARY_SEEDS: '1' },
  CANARY_TRACE: values.trace ? '1' : '',
};

/**
 * Two processes, as there are two cores on most machines that test.
 * @param {number} count
 */
function halves(count) {
  const from = Number(values.from);
  const first = Math.ceil(count / 2);
  return [
    { CANARY_SEED: String(from), CANARY_SEEDS: String(first) },
    { CANARY_SEED: String(from + first), CANARY_SEEDS: String(count - first) },
  ];
}

/**
 * @param {Record<string, string>} env
 * @param {readonly string[]} files
 * @returns {Promise<number>}
 */
function play(env, files) {
  return new Promise((resolve) => {
    const words = ['vitest', 'run', '--project', 'world', ...files];
    const child = spawn('npx', words, { stdio: 'inherit', env: { ...process.env, ...env } });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

const runs = one
  ? [play(one, [LIVES])]
  : values.seeds
    ? halves(Number(values.seeds)).map((env) => play(env, [LIVES]))
    : [play({ CANARY_SCHEDULES_ONE_IN: '1', CANARY_SEEDS: '2000' }, [])];
const codes = await Promise.all(runs);
process.exitCode = Math.max(...codes);
