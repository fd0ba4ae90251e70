// Measures what a large stack costs: `canary render` against `docker compose config` on the same files.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { largeStack } from '../../test/support/large-stack.ts';
import { peakMemory } from '../../test/support/peak-memory.ts';
import { median } from '../load.ts';
import { type Row, toPage } from './report.ts';

const SIZES = [10, 100, 1000];
const ROUNDS = 5;

const execute = promisify(execFile);
const say = (line: string) => process.stderr.write(`bench: ${line}\n`);

async function main(root: string, isQuick: boolean): Promise<void> {
  const busy = loadavg()[0] ?? 0;
  const rows: Row[] = [];
  for (const services of SIZES) {
    rows.push(await measure(root, services, isQuick ? 1 : ROUNDS));
    say(JSON.stringify(rows.at(-1)));
  }
  const machine = `${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}`;
  const page = toPage({ rows, machine, busy });
  process.stdout.write(page);
  if (isQuick) return;
  await writeFile(join(root, 'bench/results/compose.md'), page);
  const json = `${JSON.stringify({ rows, machine, busy }, null, 1)}\n`;
  await writeFile(join(root, 'bench/results/compose.json'), json);
}

/** The medians of some rounds, each with all commands, so that other work on the machine affects all alike. */
async function measure(root: string, services: number, rounds: number): Promise<Row> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'canary-bench-')));
  try {
    for (const [path, text] of Object.entries(largeStack(services))) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    await git(folder, 'init', '--quiet', '--initial-branch=main');
    await git(folder, 'add', '--all');
    const author = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
    await git(folder, ...author, 'commit', '--quiet', '--message', 'A stack');
    const all: Row[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await rm(join(folder, '.canary'), { recursive: true, force: true });
      const config = await timed(folder, 'docker', ['compose', 'config', '--format', 'json']);
      const proxy = await canary(root, folder, ['render']);
      const checkout = await canary(root, folder, ['render', '--branch', 'main']);
      const branch = await canary(root, folder, ['render', '--branch', 'main']);
      all.push({
        services,
        config,
        proxy: proxy.ms,
        checkout: checkout.ms,
        branch: branch.ms,
        megabytes: Math.max(proxy.megabytes, checkout.megabytes),
      });
    }
    const middle = (key: keyof Row) => median(all.map((row) => row[key]));
    return {
      services,
      config: middle('config'),
      proxy: middle('proxy'),
      branch: middle('branch'),
      checkout: middle('checkout'),
      megabytes: middle('megabytes'),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The program as users start it, and the peak memory of its process. */
async function canary(root: string, folder: string, args: readonly string[]) {
  const start = performance.now();
  const megabytes = await peakMemory(folder, [join(root, 'bin/canary.js'), ...args]);
  return { ms: performance.now() - start, megabytes };
}

async function timed(folder: string, program: string, args: readonly string[]): Promise<number> {
  const start = performance.now();
  await execute(program, args, { cwd: folder, maxBuffer: 1e9 });
  return performance.now() - start;
}

async function git(folder: string, ...args: string[]): Promise<void> {
  await execute('git', args, { cwd: folder });
}

await main(process.argv[2] ?? '.', process.argv.includes('--quick'));
