import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunOptions, RunResult } from '../../../src/system/process.ts';
import { type Paths, SEEN } from './paths.ts';

const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/canary-world', import.meta.url));

const known = new Map<string, RunResult>();
let version: string | undefined;

/**
 * What `docker compose config` prints, which no engine takes part in: the real program reads the files, once for the
 * same ones, and what it said is kept for later runs.
 */
export function composeConfig(
  paths: Paths,
  args: readonly string[],
  { env = {}, input }: RunOptions,
): RunResult {
  const question = JSON.stringify([args, env, input, filesIn(paths), composeVersion()]);
  const key = createHash('sha256').update(question).digest('hex');
  const result = known.get(key) ?? kept(key) ?? keep(key, ask(paths, args, env, input));
  known.set(key, result);
  return result;
}

export function composeVersion(): string {
  version ??= spawnSync('docker', ['compose', 'version', '--short'], {
    encoding: 'utf8',
  }).stdout.trim();
  if (!version) throw new Error('The simulated world needs `docker compose`; it needs no engine.');
  return version;
}

/** What Compose may read there: the files of the project, and those that canary makes. */
function filesIn({ real }: Paths): [string, string][] {
  const namesIn = (folder: string) => (existsSync(folder) ? readdirSync(folder).sort() : []);
  const trees = join(SEEN, 'shop/.canary/worktrees');
  const checkouts = namesIn(real(trees)).map((name) => join(trees, name, SEEN, 'shop'));
  const folders = [join(SEEN, 'shop'), join(SEEN, 'shop/.canary'), ...checkouts];
  return folders.flatMap((inner) => {
    const home = real(inner);
    return namesIn(home)
      .filter((name) => /\.ya?ml$|^\.env$/.test(name))
      .map((name): [string, string] => [join(inner, name), readFileSync(join(home, name), 'utf8')]);
  });
}

/** The files name folders that only the simulated world has: they get real ones for as long as Compose reads. */
function ask(
  paths: Paths,
  args: readonly string[],
  env: NonNullable<RunOptions['env']>,
  input: string | undefined,
): RunResult {
  const { PATH, HOME } = process.env;
  const { real, seen } = paths;
  const written = filesIn(paths).filter(([, text]) => text.includes(SEEN));
  const write = (turn: (text: string) => string) => {
    for (const [name, text] of written) writeFileSync(real(name), turn(text));
  };
  write(real);
  const { stdout, stderr, status } = spawnSync('docker', args.map(real), {
    cwd: join(real(SEEN), 'shop'),
    encoding: 'utf8',
    env: { PATH, HOME, ...env },
    ...(input === undefined ? {} : { input: real(input) }),
  });
  write((text) => text);
  return { stdout: seen(stdout), stderr: seen(stderr), exitCode: status ?? 1 };
}

function kept(key: string): RunResult | undefined {
  const path = join(CACHE, key);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

function keep(key: string, result: RunResult): RunResult {
  mkdirSync(CACHE, { recursive: true });
  const path = join(CACHE, key);
  writeFileSync(`${path}.${process.pid}`, JSON.stringify(result));
  renameSync(`${path}.${process.pid}`, path);
  return result;
}
