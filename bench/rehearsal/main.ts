// Measures what a rehearsal of a gigabyte costs: its time against `pg_dump | psql`, and its effect on stable users.
import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import type { Storedog } from '../../test/support/storedog.ts';
import { percentile } from '../load.ts';
import { dumpAndRestore } from './dump.ts';
import { ConstantLoad } from './load.ts';
import { type Figures, type LoadRound, toJson, toPage } from './report.ts';
import { databaseSize, filledShop, serviceUrl } from './shop.ts';

const RUNS = 3;
const PAIRS = 2;
const PER_SECOND = 50;

const say = (line: string) => process.stderr.write(`bench: ${line}\n`);

async function main(root: string, isQuick: boolean): Promise<void> {
  const part = Number(process.env.CANARY_BENCH_PART ?? (isQuick ? 0.1 : 1));
  // What is waited for here does not always keep Node from ending.
  const awake = setInterval(() => undefined, 60_000);
  const rehearsal = await filledShop(root, part);
  try {
    const figures = await measure(rehearsal.shop, Math.max(5, 20 * part));
    process.stdout.write(toPage(figures));
    // A part of the database only shows whether it works.
    if (part !== 1) return;
    await writeFile(join(root, 'bench/results/rehearsal.md'), toPage(figures));
    const json = `${JSON.stringify(toJson(figures), null, 1)}\n`;
    await writeFile(join(root, 'bench/results/rehearsal.json'), json);
  } finally {
    clearInterval(awake);
    await rehearsal.dispose();
  }
}

async function measure(shop: Storedog, seconds: number): Promise<Figures> {
  const bytes = await databaseSize(shop);
  say(`a database of ${Math.round(bytes / 1e6)} MB`);
  // The first one builds the canary's images.
  await rehearse(shop);
  const busy = loadavg()[0] ?? 0;
  const copies: Figures['copies'] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const both = { rehearsal: 0, dump: 0 };
    const order =
      run % 2 === 0 ? (['rehearsal', 'dump'] as const) : (['dump', 'rehearsal'] as const);
    for (const which of order)
      both[which] = which === 'rehearsal' ? await rehearse(shop) : await dumpAndRestore(shop);
    copies.push(both);
    say(`rehearsal ${both.rehearsal.toFixed(1)} s, dump ${both.dump.toFixed(1)} s`);
  }
  const url = await serviceUrl(shop);
  await loaded(url, () => sleep(2));
  const pairs: Figures['pairs'] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const without = await loaded(url, () => sleep(seconds));
    const during = await loaded(url, () => rehearseFor(shop, seconds));
    pairs.push({ without, during });
    say(`p99 ${without.p99.toFixed(1)} ms without, ${during.p99.toFixed(1)} ms during`);
  }
  const version = await shop.sql('show server_version');
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'an unknown processor'}`;
  return { bytes, copies, pairs, perSecond: PER_SECOND, version, machine, busy };
}

async function loaded(url: string, meanwhile: () => Promise<void>): Promise<LoadRound> {
  const load = new ConstantLoad(url, PER_SECOND);
  await meanwhile();
  const latencies = await load.stop();
  for (const failure of new Set(load.failures)) say(`a request failed: ${failure}`);
  return {
    requests: latencies.length,
    failed: load.failures.length,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
  };
}

/** One rehearsal after the other, until the time is over and the last has ended. */
async function rehearseFor(shop: Storedog, seconds: number): Promise<void> {
  const end = performance.now() + seconds * 1000;
  do await rehearse(shop);
  while (performance.now() < end);
}

async function rehearse(shop: Storedog): Promise<number> {
  const began = performance.now();
  await shop.succeed('rehearse', '--branch', 'canary');
  return (performance.now() - began) / 1000;
}

function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

await main(process.argv[2] ?? '.', process.argv.includes('--quick'));
