// Releases good and bad in a loop under load, with faults at random moments: `npm run soak -- MINUTES [SEED]`.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { randomFrom } from '../../src/analysis/stats/random.ts';
import { Storedog, until } from '../../test/support/storedog.ts';
import { SERVER_FILE } from '../../test/support/traffic-shop.ts';
import { type Belongings, belongingsOf, imagesOf, leftBehind } from './belongings.ts';
import type { Fault } from './fault.ts';
import { DISK_BYTES, FAULTS } from './faults.ts';
import { type Played, report, type Strike } from './report.ts';
import { Traffic } from './traffic.ts';

const PER_SECOND = 60;
const USERS = 600;
/** A release with its steps takes about so long. */
const RELEASE_MS = 45_000;
const WHOLE = 'async function shopPage(response) {\n';
const BROKEN = `${WHOLE}  if (Math.random() < 0.5) throw new Error('a bad release');\n`;

const [root = '.', minutes = '30', given = String(Date.now() % 100_000)] = process.argv.slice(2);
const seed = Number(given);
const random = randomFrom(seed);
// What is waited for here does not always keep Node from ending.
const awake = setInterval(() => undefined, 60_000);
const shop = await Storedog.create();
const played: Played[] = [];
const strikes: Strike[] = [];
const memory: number[] = [];
const images: number[] = [];
const own = join(shop.directory, '.canary');
let traffic: Traffic | undefined;
try {
  await execa('mkdir', ['--mode=700', own]);
  await execa('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES},mode=700`, 'canary-soak', own]);
  await shop.write('canary.yaml', settings());
  await shop.git('add', '--all');
  await shop.git('commit', '--quiet', '-m', 'Settings');
  await shop.startProduction();
  await shop.succeed('up');
  const before = await belongingsOf(shop);
  traffic = new Traffic(shop.url, PER_SECOND, USERS);
  const end = Date.now() + Number(minutes) * 60_000;
  for (let round = 0; Date.now() < end; round += 1) {
    const result = await play(round);
    played.push(result);
    images.push(await imagesOf(shop));
    process.stdout.write(`${JSON.stringify(result)}\n`);
  }
  await shop.succeed('abort');
  await traffic.stop();
  const left = leftBehind(before, await settled(before));
  const { sent, lost } = traffic;
  const results = {
    minutes: Number(minutes),
    seed,
    sent,
    lost,
    played,
    strikes,
    memory,
    images,
    left,
  };
  await writeFile(
    join(root, 'bench/results/soak.json'),
    `${JSON.stringify(results, undefined, 2)}\n`,
  );
  const page = report(results);
  await writeFile(join(root, 'bench/results/soak.md'), page);
  process.stdout.write(`\n${page}`);
} finally {
  clearInterval(awake);
  await traffic?.stop();
  await execa('docker', ['compose', '--project-name', shop.project, 'kill'], { reject: false });
  await execa('umount', ['--lazy', own], { reject: false });
  await shop.dispose();
}

/** One release with the faults that meet it, and the way back to a calm machine. */
async function play(round: number): Promise<Played> {
  const isGood = random() < 0.5;
  const chosen = Array.from({ length: Math.floor(random() * 3) }, pick);
  await prepare(round, isGood);
  const began = Date.now();
  const child = shop.start('deploy', '--branch', 'canary', '--yes');
  const measuring = setInterval(() => void measure(child.pid), 1000);
  let isOver = false;
  const over = child.then((ended) => {
    isOver = true;
    return ended;
  });
  const striking = chosen.map(async (fault) => {
    await wait(random() * RELEASE_MS, () => isOver);
    const strike = { name: fault.name, costsUsersMs: fault.costsUsersMs, at: Date.now() };
    await fault.strike(shop, child);
    strikes.push({ ...strike, end: Date.now() });
  });
  const { exitCode, signal, stderr } = await over;
  const end = Date.now();
  await Promise.all(striking);
  clearInterval(measuring);
  // Whatever became of it: afterwards nobody is on a canary, and the proxy runs.
  await calm();
  const problem =
    exitCode === 0 || exitCode === 3
      ? ''
      : String(stderr)
          .split('\n')
          .find((line) => line.includes('✖'));
  const { release } = await shop.status();
  return {
    isGood,
    faults: chosen.map(({ name }) => name),
    ended: String(signal ?? exitCode ?? ''),
    problem: problem ?? '',
    state: await shop.newestState(),
    isCalm: release === null,
    began,
    end,
    seconds: Math.round((Date.now() - began) / 1000),
  };
}

function pick(): Fault {
  return FAULTS[Math.floor(random() * FAULTS.length)] as Fault;
}

async function calm(): Promise<void> {
  await until('canary up works', async () => (await shop.canary('up')).exitCode === 0);
  await until('canary abort works', async () => (await shop.canary('abort')).exitCode === 0);
  await shop.untilShopAnswers();
}

/** The branch is what production runs, and one change. */
async function prepare(round: number, isGood: boolean): Promise<void> {
  await shop.git('branch', '--force', 'canary', 'main');
  const server = await shop.git('show', `main:${SERVER_FILE}`);
  const clean = server.replace(/^\/\/ release .*\n/m, '').replace(BROKEN, WHOLE);
  const changed = isGood ? clean : clean.replace(WHOLE, BROKEN);
  await shop.commitOn('canary', SERVER_FILE, `// release ${round}\n${changed}`);
}

async function measure(pid: number | undefined): Promise<void> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(text)?.[1]);
  if (kilobytes > 0) memory.push(Math.round(kilobytes / 1024));
}

/** What canary removes in the background, and the engine after it, may take a moment. */
async function settled(before: Belongings): Promise<Belongings> {
  let now = await belongingsOf(shop);
  await until('nothing is left', async () => {
    now = await belongingsOf(shop);
    return Object.values(leftBehind(before, now)).every((names) => names.length === 0);
  }).catch(() => undefined);
  return now;
}

async function wait(ms: number, isOver: () => boolean): Promise<void> {
  const end = Date.now() + ms;
  while (Date.now() < end && !isOver()) await new Promise((resolve) => setTimeout(resolve, 50));
}

function settings(): string {
  return [
    'version: 1',
    'services:',
    `  frontend: { entry: ${shop.port}, preview: ${shop.preview} }`,
    '  discounts: {}',
    'identity: [header:X-User-Id]',
    'steps: [{ weight: 20, for: 5s }, { weight: 50, for: 5s }]',
    'analysis: { shape: false, size: false, margin: 5% }',
    'drain: 1s',
    'database: { rehearse: off }',
    '',
  ].join('\n');
}
