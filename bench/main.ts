import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Contender, contenders, PORT, stableNames, writeFiles } from './contenders.ts';
import {
  addressOf,
  firstLine,
  type Images,
  processorTime,
  provideImages,
  Stage,
} from './docker.ts';
import { type Round, readRound, WRK_SCRIPT } from './load.ts';
import { type Benchmarks, type Measured, toJson, toPage } from './report.ts';
import { switchSides } from './switch.ts';

const ROUNDS = Number(process.env.CANARY_BENCH_ROUNDS ?? 9);
const SECONDS = Number(process.env.CANARY_BENCH_SECONDS ?? 5);
const CONNECTIONS = 32;
const SWITCHES = 400;
/** The proxy has one core for itself; the client and the apps share the other. */
const PROXY_CORE = 0;
const OTHER_CORE = 1;

const say = (line: string) => process.stderr.write(`bench: ${line}\n`);

async function main(root: string): Promise<void> {
  const images = await provideImages(root);
  const folder = await mkdtemp(join(tmpdir(), 'canary-bench-'));
  const stage = new Stage();
  await stage.open();
  try {
    const benchmarks = await measure(stage, images, folder);
    await writeFile(join(root, 'bench/results/proxy.md'), toPage(benchmarks));
    const json = `${JSON.stringify(toJson(benchmarks), null, 2)}\n`;
    await writeFile(join(root, 'bench/results/proxy.json'), json);
    process.stdout.write(toPage(benchmarks));
  } finally {
    await stage.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(stage: Stage, images: Images, folder: string): Promise<Benchmarks> {
  await startApps(stage, images, folder);
  const all = contenders(images);
  const ids = new Map<string, string>();
  for (const contender of all) ids.set(contender.name, await startProxy(stage, contender, folder));
  await writeFiles(join(folder, 'wrk'), { 'users.lua': WRK_SCRIPT });

  const loadOn = async ({ name }: Contender): Promise<Round> => {
    const id = ids.get(name) ?? '';
    const before = await processorTime(id);
    const output = await stage.run(
      ...([images.wrk, OTHER_CORE, [`${join(folder, 'wrk')}:/bench:ro`]] as const),
      ...['wrk', '-t1', `-c${CONNECTIONS}`, `-d${SECONDS}s`, '-s', '/bench/users.lua'],
      `http://${name}:${PORT}/`,
    );
    return readRound(output, (await processorTime(id)) - before);
  };
  const measured: Measured[] = [];
  for (const contender of all) {
    // The first round is for warming up.
    await loadOn(contender);
    measured.push({ contender, version: await versionOf(contender), rounds: [] });
  }
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const { contender, rounds } of measured) rounds.push(await loadOn(contender));
    const line = measured.map(
      ({ contender, rounds }) => `${contender.name} ${Math.round(rounds.at(-1)?.perSecond ?? 0)}`,
    );
    say(`round ${round} of ${ROUNDS}: ${line.join(', ')}`);
  }
  const url = `http://${await addressOf(ids.get('canary') ?? '')}:${PORT}/`;
  return {
    measured,
    switches: await switchSides(join(folder, 'canary'), url, SWITCHES),
    seconds: SECONDS,
    connections: CONNECTIONS,
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'an unknown processor'}`,
  };
}

async function startApps(stage: Stage, { nginx }: Images, folder: string): Promise<void> {
  for (const [name, side] of [
    ['app', 'stable'],
    ['app-canary', 'canary'],
  ] as const) {
    await writeFiles(join(folder, name), { 'nginx.conf': app(side) });
    await stage.start(name, nginx, {
      core: OTHER_CORE,
      mounts: [`${join(folder, name)}:/bench`],
      aliases: side === 'stable' ? stableNames().map((each) => each.replace(/:.*/, '')) : [],
    });
  }
}

async function startProxy(stage: Stage, contender: Contender, folder: string): Promise<string> {
  const { name, image, files, target, command = [] } = contender;
  await writeFiles(join(folder, name), files);
  const mounts = [`${join(folder, name)}:${target}`];
  const id = await stage.start(name, image, { core: PROXY_CORE, mounts, command });
  const url = `http://${await addressOf(id)}:${PORT}/`;
  const deadline = Date.now() + 20_000;
  while (!(await fetch(url).catch(() => undefined))?.ok) {
    if (Date.now() > deadline) throw new Error(`${name} does not answer.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return id;
}

function versionOf({ name, image }: Contender): Promise<string> {
  const flags: Record<string, string[]> = { nginx: ['nginx', '-v'], caddy: ['caddy', 'version'] };
  return firstLine(image, ...(flags[name] ?? ['haproxy', '-v']));
}

function app(side: string): string {
  return `worker_processes 1;
events { worker_connections 512; }
http {
  access_log off;
  keepalive_requests 1000000000;
  server { listen 80; location / { return 200 "${side}"; } }
}
`;
}

await main(process.argv[2] ?? '.');
