import type { Port } from './process.ts';
import { Random } from './random.ts';
import { BRANCH, BRANCH_BEHIND } from './repository.ts';
import { deployOf } from './shop.ts';

/** What happens to a command at one of its calls. */
export interface FaultAt {
  /** The number of the call: among those that change something, or among the looks at a port. */
  call: number;
  at: 'change' | Port;
  what: 'kill' | 'kill-in' | 'interrupt' | 'fails' | 'fails-after' | 'hangs';
  /** How long a call hangs, or how far into it the program is killed. */
  ms: number;
}

/** What happens on the machine beside canary. */
const HAPPENINGS = [
  'the stable crashes',
  'the canary crashes',
  'the proxy crashes',
  'docker restart of the proxy',
  'docker compose up -d',
  'docker compose up -d --remove-orphans',
  'docker compose restart',
  'docker compose down',
  'dockerd restarts',
  'dockerd restarts, with live-restore',
  'the host restarts',
  'the clock is set forward',
  'the clock is set back',
  'the disk is full for a while',
  'the disk is read-only for a while',
] as const;
export type Happening = (typeof HAPPENINGS)[number];

interface HappeningAt {
  /** Milliseconds after the step began. */
  after: number;
  what: Happening;
}

/** A command, and what happens while it runs. */
export interface Step {
  /** `RELEASE` stands for the newest release there is. */
  argv: readonly string[];
  faults: readonly FaultAt[];
  happenings: readonly HappeningAt[];
  /** A command that somebody else types meanwhile. */
  beside: { after: number; argv: readonly string[]; faults: readonly FaultAt[] } | undefined;
  /** Milliseconds until the next step. */
  rest: number;
}

/** Commands with faults between and in them; it ends in a world without faults. */
export interface Life {
  /** Whether the shop's containers start again after a crash. */
  restarts: boolean;
  /** Whether what runs is built from branches of a repository. */
  isInGit: boolean;
  steps: readonly Step[];
}

/** What would be there if every command had worked: most commands are ones that have something to do. */
interface Guess {
  isUp: boolean;
  canary: 'none' | 'on' | 'paused';
  hasPromoted: boolean;
}

/** The life of a seed. */
export function lifeOf(seed: number): Life {
  const random = new Random(seed);
  let guess: Guess = { isUp: false, canary: 'none', hasPromoted: false };
  const steps = Array.from({ length: random.whole(4, 9) }, () => {
    const step = stepOf(random, guess);
    for (const argv of [step.argv, ...(step.beside ? [step.beside.argv] : [])])
      guess = { ...guess, ...after(argv) };
    return step;
  });
  const restarts = random.isSo(0.5);
  const isInGit = random.isSo(0.2);
  return { restarts, isInGit, steps: isInGit ? steps.map(ofBranches) : steps };
}

/** The same with branches in place of images. */
function ofBranches(step: Step): Step {
  const { argv, beside } = step;
  return {
    ...step,
    argv: ofBranch(argv),
    beside: beside && { ...beside, argv: ofBranch(beside.argv) },
  };
}

function ofBranch(argv: readonly string[]): readonly string[] {
  if (argv[0] !== 'deploy') return argv;
  const [, , image = '', , , ...rest] = argv;
  return ['deploy', '--branch', image.endsWith(':2') ? BRANCH : BRANCH_BEHIND, ...rest];
}

function stepOf(random: Random, guess: Guess): Step {
  const isCalm = random.isSo(0.4);
  const argv = commandOf(random, guess);
  // Often while it runs, as a person would who sees it.
  const during = { ...guess, ...after(argv) };
  return {
    argv,
    faults: !isCalm && random.isSo(0.6) ? faultsOf(random) : [],
    happenings: !isCalm && random.isSo(0.4) ? happeningsOf(random) : [],
    beside: random.isSo(argv[0] === 'deploy' ? 0.4 : 0.15)
      ? {
          after: random.isSo(0.6) ? random.whole(1, 700) : random.whole(1, 15_000),
          argv: commandOf(random, during),
          faults: random.isSo(0.3) ? faultsOf(random) : [],
        }
      : undefined,
    rest: random.isSo(0.5) ? random.whole(0, 400) : random.whole(0, 4000),
  };
}

function commandOf(random: Random, { isUp, canary, hasPromoted }: Guess): readonly string[] {
  const version = random.whole(1, 3);
  const share: number = random.pick([
    [1, 0],
    [5, random.whole(1, 99)],
    [1, 100],
  ]);
  const weight = String(share);
  const isThere = canary !== 'none';
  return random.pick<readonly string[]>([
    [isUp ? 1 : 20, ['up']],
    [isThere || !isUp ? 1 : 10, deployOf(version)],
    [isThere || !isUp ? 1 : 10, [...deployOf(version), '--weight', weight]],
    [isThere || !isUp ? 0 : 2, [...deployOf(version), '--detach']],
    [isThere ? 6 : 0.3, ['weight', weight]],
    [canary === 'on' ? 4 : 0.2, ['pause']],
    [canary === 'paused' ? 8 : isThere ? 2 : 0.2, ['resume']],
    [isThere ? 6 : 0.3, ['promote', '--yes']],
    [isThere ? 2 : 0.1, ['promote', '--yes', '--now']],
    [isThere ? 3 : 0.7, ['abort']],
    [isThere ? 3 : 0.7, ['revert']],
    [hasPromoted ? 4 : 0.1, ['revert', 'RELEASE']],
    [isUp ? 1 : 0.2, ['down']],
    [0.5, ['status']],
  ]);
}

function after([command = '', release]: readonly string[]): Partial<Guess> {
  switch (command) {
    case 'up':
      return { isUp: true };
    case 'down':
      return { isUp: false, canary: 'none' };
    case 'deploy':
    case 'weight':
    case 'resume':
      return { canary: 'on' };
    case 'pause':
      return { canary: 'paused' };
    case 'promote':
      return { canary: 'none', hasPromoted: true };
    case 'abort':
    case 'revert':
      return { canary: 'none', ...(release ? { hasPromoted: false } : {}) };
    default:
      return {};
  }
}

function faultsOf(random: Random): FaultAt[] {
  const count = random.isSo(0.8) ? 1 : 2;
  return Array.from({ length: count }, () => {
    const what = random.pick<FaultAt['what']>([
      [4, 'kill'],
      [2, 'kill-in'],
      [2, 'interrupt'],
      [3, 'fails'],
      [2, 'fails-after'],
      [1, 'hangs'],
    ]);
    const isLook = !what.startsWith('kill') && random.isSo(0.3);
    const at = isLook
      ? random.pick<Port>([
          [1, 'docker'],
          [3, 'engine'],
          [3, 'proxy'],
          [2, 'disk'],
          [1, 'http'],
        ])
      : 'change';
    const ms =
      what === 'hangs'
        ? random.whole(500, 90_000)
        : random.pick([
            [1, 5],
            [1, 40],
            [1, 60],
          ]);
    return { call: random.low(at === 'change' ? 120 : 60), at, what, ms };
  });
}

function happeningsOf(random: Random): HappeningAt[] {
  return Array.from({ length: random.isSo(0.8) ? 1 : 2 }, () => ({
    after: random.isSo(0.5) ? random.whole(0, 1500) : random.whole(0, 15_000),
    what: random.pick(HAPPENINGS.map((each) => [1, each] as const)),
  }));
}

/** A life on a page, as it is said when it fails. */
export function lifeText({ restarts, isInGit, steps }: Life): string {
  const fault = ({ call, at, what, ms }: FaultAt) =>
    `${what} at ${at === 'change' ? 'call' : `look at ${at}`} ${call}${what === 'hangs' || what === 'kill-in' ? ` (${ms} ms)` : ''}`;
  const lines = steps.flatMap(({ argv, faults, happenings, beside, rest }, index) => [
    `${index + 1}. ${wordsOf(argv)}${rest > 0 ? `, then ${rest} ms` : ''}`,
    ...faults.map((each) => `     ${fault(each)}`),
    ...happenings.map(({ after, what }) => `     after ${after} ms: ${what}`),
    ...(beside ? [`     after ${beside.after} ms beside it: ${wordsOf(beside.argv)}`] : []),
    ...(beside?.faults ?? []).map((each) => `       ${fault(each)}`),
  ]);
  const where = isInGit ? ', in a repository' : '';
  const head = `containers ${restarts ? 'start again' : 'stay down'} after a crash${where}`;
  return [head, ...lines].join('\n');
}

export function wordsOf(argv: readonly string[]): string {
  return argv.map((each) => each.replace(/^(\w+)=.*:(\d+)$/, '$1:$2')).join(' ');
}
