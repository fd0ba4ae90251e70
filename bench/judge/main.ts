import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { NAMES, newContenders } from './contenders.ts';
import { type Decisions, figuresOf } from './figures.ts';
import { plan, type Series } from './plan.ts';
import { toJson, toPage } from './report.ts';
import { playRun } from './run.ts';

const say = (line: string) => process.stderr.write(`bench: ${line}\n`);

/** Which runs a worker plays: of each series every `step`-th, beginning with `first`. */
interface Part {
  isQuick: boolean;
  first: number;
  step: number;
}

async function main(root: string, isQuick: boolean): Promise<void> {
  const began = Date.now();
  const series = plan(isQuick);
  const step = availableParallelism();
  const parts = await Promise.all(
    Array.from({ length: step }, (_, first) => playPart({ isQuick, first, step })),
  );
  const figures = series.map((each, index) => {
    const decisions = parts.flatMap((part) => part[index] ?? []);
    return figuresOf(each, joined(decisions));
  });
  const page = toPage(figures);
  process.stdout.write(page);
  say(`${Math.round((Date.now() - began) / 1000)} s`);
  if (isQuick) return;
  await writeFile(join(root, 'bench/results/judge.md'), page);
  await writeFile(
    join(root, 'bench/results/judge.json'),
    `${JSON.stringify(toJson(figures), null, 1)}\n`,
  );
}

function joined(parts: readonly Decisions[]): Decisions {
  const all = NAMES.map((name) => [name, parts.flatMap((part) => part[name])] as const);
  return Object.fromEntries(all) as Decisions;
}

/** Plays a part in its own thread, which reports every series it has played. */
function playPart(part: Part): Promise<Decisions[]> {
  const all = plan(part.isQuick);
  const played: Decisions[] = [];
  return new Promise((resolve, reject) => {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: part });
    worker.on('message', (decisions: Decisions) => {
      played.push(decisions);
      if (part.first === 0)
        say(`${played.length} of ${all.length}: ${all[played.length - 1]?.kind}`);
    });
    worker.once('error', reject);
    worker.once('exit', () => resolve(played));
  });
}

function work({ isQuick, first, step }: Part): void {
  for (const series of plan(isQuick)) parentPort?.postMessage(playSeries(series, first, step));
}

function playSeries({ scenario, runs }: Series, first: number, step: number): Decisions {
  const decisions = Object.fromEntries(NAMES.map((name) => [name, []])) as unknown as Decisions;
  for (let run = first; run < runs; run += step) {
    const each = playRun(scenario, seedOf(run), newContenders());
    for (const name of NAMES) decisions[name].push(each[name]);
  }
  return decisions;
}

/** Far apart, because generators whose seeds are neighbours begin alike. */
function seedOf(run: number): number {
  return Math.imul(run + 1, 0x9e3779b1);
}

if (isMainThread) await main(process.argv[2] ?? '.', process.argv.includes('--quick'));
else work(workerData);
