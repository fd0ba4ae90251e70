import { ALWAYS, AT_REST, broken } from './invariants.ts';
import type { Call, Faults } from './process.ts';
import { shopInGit } from './repository.ts';
import { CROWD, PORT, shop } from './shop.ts';
import { begin, essence, releasesOf, type Story, sceneOf, tell } from './story.ts';

/** A command in a life, and what has happened before. */
export interface Moment {
  name: string;
  before: readonly (readonly string[])[];
  command: readonly string[];
  /** Whether a way out ends what the command began; else the command is needed again after it. */
  isEnded: boolean;
  /** In a shop whose code is in a repository. */
  isInGit?: true;
}

/** What is done after a kill. */
export const RECOVERIES = ['again', 'abort', 'revert'] as const;
export type Recovery = (typeof RECOVERIES)[number];

export interface Played {
  problems: string[];
  calls: readonly Call[];
  end: string;
  story: Story;
}

async function play(moment: Moment, acts: (story: Story) => Promise<string[]>): Promise<Played> {
  const world = await (moment.isInGit ? shopInGit() : shop());
  try {
    const story = begin(world);
    for (const argv of moment.before) await tell(story, argv);
    world.visitors.begin(CROWD.users, CROWD.everyMs, PORT);
    const problems = await acts(story);
    await world.timeline.pass(1000);
    world.visitors.end();
    problems.push(...broken(story, [...ALWAYS, ...AT_REST]));
    const calls = story.chapters[moment.before.length]?.process.trace ?? [];
    return { problems, calls, end: essence(sceneOf(world)), story };
  } finally {
    world.destroy();
  }
}

/** Without any fault: how many calls there are, and how it ends. */
export function undisturbed(moment: Moment): Promise<Played> {
  return play(moment, async (story) => {
    const { exitCode, stderr } = await tell(story, moment.command);
    return exitCode === 0 ? [] : [`it ended with ${exitCode}: ${stderr}`];
  });
}

/** With the command killed at a call, and then one way to go on. Its end must be as without the kill. */
export function killedAt(
  moment: Moment,
  faults: Faults,
  recovery: Recovery,
  wanted: string,
): Promise<Played> {
  return play(moment, async (story) => {
    const { world } = story;
    await tell(story, moment.command, faults);
    const problems = broken(story, ALWAYS);
    const goOn = async (argv: readonly string[]) => {
      const { exitCode, stderr } = await tell(story, argv);
      // What a promotion has to do was done: there is no canary any more.
      const isOver = argv[0] === 'promote' && releasesOf(world).at(-1)?.state === 'promoted';
      if (exitCode !== 0 && !isOver)
        problems.push(`\`${argv.join(' ')}\` ended with ${exitCode}: ${stderr}`);
    };
    if (recovery !== 'again') await goOn([recovery]);
    if (recovery !== 'again' && moment.isEnded) {
      problems.push(...broken(story, AT_REST));
      return problems;
    }
    await goOn(moment.command);
    await world.timeline.pass(500);
    const end = essence(sceneOf(world));
    if (end !== wanted) problems.push(`it ends otherwise:\n${end}\nand not:\n${wanted}`);
    return problems;
  });
}

/** A kill before a call, or some milliseconds after it began. */
export function kill(number: number, after?: number): Faults {
  return (call) => {
    if (call.number !== number) return undefined;
    return after === undefined ? 'kill' : { killsAfter: after };
  };
}

/** A kill at the call after one of a name. */
export function killAfter(name: RegExp): Faults {
  let isNext = false;
  return (call) => {
    if (call.looksAt) return undefined;
    const isThis = isNext;
    isNext = name.test(call.name);
    return isThis ? 'kill' : undefined;
  };
}

/** A kill at the first call of a name. */
export function killAt(name: RegExp, after?: number): Faults {
  let isOver = false;
  return (call) => {
    if (isOver || !name.test(call.name)) return undefined;
    isOver = true;
    return after === undefined ? 'kill' : { killsAfter: after };
  };
}
