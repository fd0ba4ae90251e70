import { hasEnded } from '../../../src/rollout/release.ts';
import { happen } from './happen.ts';
import { ALWAYS, AT_REST, broken } from './invariants.ts';
import { type FaultAt, type Life, type Step, wordsOf } from './life.ts';
import type { Call, Fault, Faults } from './process.ts';
import { start } from './program.ts';
import { shopInGit } from './repository.ts';
import { CROWD, PORT, shop } from './shop.ts';
import {
  begin,
  type Chapter,
  essence,
  HANG,
  open,
  releasesOf,
  type Story,
  sceneOf,
} from './story.ts';
import { TOLD } from './truth.ts';

/** No command takes longer, whatever happens: the longest deadlines are minutes. */
const LONGEST_MS = 40 * 60_000;
/** Every fault is over, and every container that starts again has. */
const CALM_MS = 20_000;

export interface Lived {
  problems: string[];
  story: Story;
  /** What happened, with the simulated time; empty unless it was asked for. */
  trace: readonly string[];
}

/** Plays a life to its end, and in the end whatever was left must be put right by `up` and `abort`. */
export async function live(life: Life, { isTraced = false } = {}): Promise<Lived> {
  const { restarts } = life;
  const world = await (life.isInGit ? shopInGit({ restarts }) : shop({}, { restarts }));
  const trace: string[] = [];
  const began = world.timeline.now();
  const say = (line: string) => {
    if (!isTraced) return;
    trace.push(`${((world.timeline.now() - began) / 1000).toFixed(3).padStart(9)}  ${line}`);
  };
  world.onCall = ({ pid }, { name, number }, fault) => {
    const met = fault ? `  <- ${typeof fault === 'string' ? fault : JSON.stringify(fault)}` : '';
    if (typeof fault === 'object' && 'hangs' in fault)
      story.happened.push({ at: world.timeline.now(), what: HANG, lastsMs: fault.hangs });
    if (isTraced) say(`${pid}  ${number} ${name}${met}`);
  };
  const story = begin(world);
  const problems: string[] = [];
  try {
    world.visitors.begin(CROWD.users, CROWD.everyMs, PORT);
    for (const step of life.steps) await play(story, step, { say, problems });
    await calmDown(story, { say, problems });
    world.visitors.end();
    await world.timeline.pass(6000);
    problems.push(...broken(story, [...ALWAYS, ...AT_REST, ...TOLD]));
    return { problems, story, trace };
  } catch (error) {
    problems.push(`the life ended with: ${error instanceof Error ? error.stack : error}`);
    return { problems, story, trace };
  } finally {
    world.destroy();
  }
}

interface Log {
  say: (line: string) => void;
  problems: string[];
}

async function play(story: Story, step: Step, log: Log): Promise<void> {
  const { timeline } = story.world;
  const running: Promise<unknown>[] = [];
  for (const { after, what } of step.happenings)
    timeline.after(
      after,
      () => {
        log.say(`*  ${what}`);
        story.happened.push({ at: timeline.now(), what, lastsMs: 0 });
        running.push(happen(story.world, what));
      },
      true,
    );
  const others = step.beside && {
    ended: timeline
      .sleep(step.beside.after)
      .then(() => command(story, step.beside?.argv ?? [], step.beside?.faults ?? [], log)),
  };
  await finish(story, [command(story, step.argv, step.faults, log), others?.ended], log);
  await finish(story, running, log);
  await timeline.pass(step.rest);
}

/** Waits until commands have ended, in simulated time; one that hangs is a problem. */
async function finish(
  { world }: Story,
  work: readonly (Promise<unknown> | undefined)[],
  { problems }: Log,
): Promise<void> {
  try {
    await world.timeline.until(Promise.all(work), LONGEST_MS);
  } catch (error) {
    problems.push(`a command does not end: ${error instanceof Error ? error.message : error}`);
    for (const each of world.processes.values()) each.exit();
  }
}

async function command(
  story: Story,
  argv: readonly string[],
  faults: readonly FaultAt[],
  { say, problems }: Log,
): Promise<Chapter> {
  const { process, ended } = open(story, argv, faultsAt(faults));
  say(`${process.pid}  $ canary ${wordsOf(argv)}`);
  const chapter = await ended;
  const { exitCode, stderr, stdout } = chapter;
  say(`${process.pid}  ended with ${exitCode ?? 'a kill'}`);
  for (const line of `${stdout}${stderr}`.split('\n')) if (line) say(`${process.pid}  | ${line}`);
  if (
    /simulated (machine|engine|docker|proxy|Compose|git)/i.test(stderr) ||
    /bug in canary/.test(stderr)
  )
    problems.push(`\`${wordsOf(argv)}\` met what it does not know: ${stderr}`);
  if (chapter.exitCode !== undefined) await lookAround(story, argv[0] ?? '');
  return chapter;
}

/** Somebody asks for the status, if no command is changing it meanwhile. */
export async function lookAround(story: Story, after: string): Promise<void> {
  const { world } = story;
  const isQuiet = () => [...world.processes.values()].every(({ isDead }) => isDead);
  if (!isQuiet() || world.engine.isAway) return;
  const { size } = world.processes;
  const before = sceneOf(world);
  // At the same moments, as users ask all the time.
  const [{ stdout: text, stderr: notes }, { stdout: json }] = await Promise.all([
    start(world, ['status']).ended,
    start(world, ['status', '--json']).ended,
  ]);
  const scene = sceneOf(world);
  // Another command began, or a container crashed: the two forms speak of different moments.
  if (world.processes.size !== size + 2 || essence(before) !== essence(scene)) return;
  if (world.engine.isAway) return;
  const release = releasesOf(world).at(-1);
  story.looks.push({ after, text, notes, json, release, scene });
}

function faultsAt(wanted: readonly FaultAt[]): Faults {
  return ({ number, looksAt }: Call) => {
    const found = wanted.find(({ call, at }) => call === number && at === (looksAt ?? 'change'));
    return found && faultOf(found);
  };
}

function faultOf({ what, ms }: FaultAt): Fault {
  if (what === 'kill-in') return { killsAfter: ms };
  return what === 'hangs' ? { hangs: ms } : what;
}

/** Ends every fault; then `up`, and if a release runs `abort`, must work. */
async function calmDown(story: Story, log: Log): Promise<void> {
  const { world } = story;
  world.disk = 'writable';
  await world.timeline.pass(CALM_MS);
  const need = async (argv: readonly string[]) => {
    await finish(story, [command(story, argv, [], log)], log);
    const last = story.chapters.at(-1);
    if (last?.exitCode !== 0)
      log.problems.push(
        `in a calm world \`${argv[0]}\` ended with ${last?.exitCode}: ${last?.stderr}`,
      );
  };
  await need(['up']);
  const isRunning = releasesOf(world).some((each) => !hasEnded(each));
  if (isRunning) await need(['abort']);
  await world.timeline.pass(2000);
  const since = world.timeline.now();
  await world.timeline.pass(2000);
  const bad = world.visitors.visits.find(({ at, status }) => at >= since && status !== 200);
  if (bad)
    log.problems.push(`in the end users get ${bad.isRefused ? 'no connection' : bad.status}`);
}
