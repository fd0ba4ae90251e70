// Measures on the real engine how many users a bad canary hurts, and how soon it has none.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { untilStep } from '../../test/support/steps.ts';
import type { Storedog } from '../../test/support/storedog.ts';
import { letCanaryFail, trafficShop } from '../../test/support/traffic-shop.ts';
import { UserTraffic } from '../../test/support/user-traffic.ts';

interface Scenario {
  name: string;
  method: 'GET' | 'POST';
  /** Share of the canary's requests that fail. */
  failing: number;
}

interface Run {
  hurt: number;
  /** From the first failure that a user met to the last. */
  seconds: number | undefined;
  exitCode: number;
}

const RUNS = 5;
const PER_SECOND = 100;
const WEIGHT = 5;
const SCENARIOS: readonly Scenario[] = [
  { name: '10 % of POSTs fail', method: 'POST', failing: 0.1 },
  { name: 'every POST fails', method: 'POST', failing: 1 },
  { name: '10 % of GETs fail', method: 'GET', failing: 0.1 },
];

// What is waited for here does not always keep Node from ending, for instance a fetch that connects.
const awake = setInterval(() => undefined, 60_000);
const root = process.argv[2] ?? '.';
const shop = await trafficShop(['analysis: { shape: false }']);
try {
  const original = await shop.read('canary.yaml');
  await shop.write('canary.yaml', `${original}steps: [{ weight: ${WEIGHT}, for: 10m }]\n`);
  const results: (Scenario & { runs: Run[] })[] = [];
  for (const scenario of SCENARIOS) {
    const runs: Run[] = [];
    for (let index = 0; index < RUNS; index += 1) runs.push(await play(scenario));
    results.push({ ...scenario, runs });
    process.stdout.write(`${line(scenario, runs)}\n`);
  }
  await writeFile(
    join(root, 'bench/results/judge-live.json'),
    `${JSON.stringify({ weight: WEIGHT, perSecond: PER_SECOND, results }, undefined, 2)}\n`,
  );
  await writeFile(join(root, 'bench/results/judge-live.md'), report(results));
} finally {
  clearInterval(awake);
  await shop.dispose();
}

/** Plays a deploy to its end; its canary begins to fail once it has users. */
async function play({ method, failing }: Scenario): Promise<Run> {
  const traffic = new UserTraffic(shop.url, { perSecond: PER_SECOND, method }).start();
  const child = shop.start('deploy', '--branch', 'canary');
  await untilStep(shop, 1);
  await letCanaryFail(shop, failing);
  const { exitCode = -1 } = await child;
  const { hurt, firstAt, lastAt } = await traffic.stop();
  await takeUp(shop);
  const seconds =
    firstAt === undefined || lastAt === undefined ? undefined : (lastAt - firstAt) / 1000;
  return { hurt: hurt.size, seconds, exitCode };
}

/** Sets the branch back to the commit that was reverted. */
async function takeUp(shop: Storedog): Promise<void> {
  await shop.succeed('abort');
  await shop.git('branch', '--force', 'canary', 'canary~1');
}

function line({ name }: Scenario, runs: readonly Run[]): string {
  const seconds = runs.map((run) => run.seconds ?? 0);
  const ends = runs.every(({ exitCode }) => exitCode === 3)
    ? 'all taken back'
    : 'NOT all taken back';
  return `| ${name} | ${spread(runs.map(({ hurt }) => hurt))} | ${spread(seconds)} | ${ends} |`;
}

function spread(values: readonly number[]): string {
  const sorted = [...values].sort((left, right) => left - right);
  const show = (value = 0) => String(Math.round(value * 10) / 10);
  return `${show(sorted[Math.floor(sorted.length / 2)])} (${show(sorted[0])} to ${show(sorted.at(-1))})`;
}

function report(results: readonly (Scenario & { runs: Run[] })[]): string {
  return [
    '# How many users a bad canary hurts, on a real engine',
    '',
    `Made by \`npm run bench:judge:live\`: ${PER_SECOND} requests a second of 2,000 users, ${WEIGHT} % of them on the canary, which`,
    `begins to fail once it has users. Median of ${RUNS} runs, and the range. Seconds are those from the first failure that a`,
    'user met to the last.',
    '',
    '| the canary | users hurt | seconds | end |',
    '|---|---|---|---|',
    ...results.map(({ runs, ...scenario }) => line(scenario, runs)),
    '',
  ].join('\n');
}
