import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Host } from '../../../src/system/host.ts';
import type { Paths } from './paths.ts';
import type { SimulatedProcess } from './process.ts';
import type { Timeline } from './timeline.ts';

/** What a call of git takes. */
const TAKES_MS = 5;

/** Who commits, and when: the same in each run, as the names of commits have it in them. */
const { PATH } = process.env;
const DATE = '2026-01-05T09:00:00Z';
const ENVIRONMENT = {
  PATH,
  LC_ALL: 'C',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_AUTHOR_DATE: DATE,
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
  GIT_COMMITTER_DATE: DATE,
};

const LOOKS = [
  'branch',
  'cat-file',
  'check-ignore',
  'diff',
  'for-each-ref',
  'log',
  'ls-files',
  'merge-base',
  'rev-list',
  'rev-parse',
  'show',
  'status',
  'var',
];

/** The machine on which it runs. */
interface Machine {
  paths: Paths;
  timeline: Timeline;
  /** The real path of a file of the project. */
  file(name: string): string;
}

/** The real git at the real folder: each call is one that can fail or be the last, and takes simulated time alone. */
export function simulatedGit(process: SimulatedProcess, machine: Machine): Host['git'] {
  const fail = (): never => {
    throw new Error('fatal: unable to access the repository');
  };
  return (directory, args) => {
    const act = async () => {
      await machine.timeline.sleep(TAKES_MS);
      return git(machine, directory, args);
    };
    const verb = verbOf(args);
    const isLook = LOOKS.includes(verb) || /^(config .*--get|worktree list)/.test(args.join(' '));
    return isLook
      ? process.look(act, { port: 'git', fail })
      : process.change(`git ${verb}`, act, { fail });
  };
}

/** Runs git as somebody at the machine does. */
export function git(
  machine: Pick<Machine, 'paths' | 'file'>,
  directory: string,
  args: readonly string[],
): string {
  const { real, seen } = machine.paths;
  // Most worlds have no repository; to ask the real git each time would take longer than all else.
  if (args[0] !== 'init' && !existsSync(machine.file('.git')))
    throw new Error('fatal: not a git repository (or any of the parent directories): .git');
  const { stdout, stderr, status } = spawnSync('git', args.map(real), {
    ...{ cwd: real(directory), encoding: 'utf8', env: ENVIRONMENT, maxBuffer: 1e8 },
  });
  if (status !== 0) throw new Error(seen(`${stdout}${stderr}`));
  return seen(stdout);
}

function verbOf(args: readonly string[]): string {
  const at = args.findIndex((each, index) => !each.startsWith('-') && args[index - 1] !== '-c');
  return args[at] ?? '';
}

/** Files in which git keeps paths of this machine. */
export function holdsPaths(path: string): boolean {
  return /\/(\.git|gitdir)$/.test(path);
}
