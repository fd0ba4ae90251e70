import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJournal } from '../../../src/rollout/journal.ts';
import { foldRelease, type Release } from '../../../src/rollout/release.ts';
import { type Container, hostPorts, roleOf, serviceOf } from './engine.ts';
import type { Faults } from './process.ts';
import { type Ended, start } from './program.ts';
import type { World } from './world.ts';

/** A command that ran on the machine, and what was there before it. */
export interface Chapter extends Ended {
  argv: readonly string[];
  before: Scene;
  after: Scene;
  /** Something happened while it ran that is not its own: a fault, another command, a crash. */
  isDisturbed: boolean;
}

/** What invariants look at. */
export interface Story {
  world: World;
  chapters: Chapter[];
  /** The files of the user, by name, as they were at first. */
  files: ReadonlyMap<string, string>;
  /** What happened beside the commands. */
  happened: { at: number; what: string; lastsMs: number }[];
  /** What `status` said in quiet moments. */
  looks: Look[];
}

/** What `status` says about the machine while no command runs, in both of its forms. */
export interface Look {
  /** The command after which somebody looked. */
  after: string;
  text: string;
  /** What it says besides, on stderr. */
  notes: string;
  json: string;
  /** The newest release, by its journal. */
  release: Release | undefined;
  scene: Scene;
}

/** A promise, and how it is seen to be broken: one sentence each time. */
export interface Invariant {
  name: string;
  broken(story: Story): string[];
}

/** The machine at one moment. */
export interface Scene {
  at: number;
  containers: readonly Seen[];
  /** In hundredths of a percent; `undefined` without a proxy. */
  weight: number | undefined;
  /** The split with which the proxy would start. */
  weights: string;
}

interface Seen
  extends Pick<Container, 'id' | 'name' | 'image' | 'state' | 'startedAt' | 'restartCount'> {
  service: string;
  role: string;
  ports: readonly number[];
}

export function begin(world: World): Story {
  const names = ['compose.yml', 'canary.yaml', '.env'];
  const files = names.map((name) => [name, readFileSync(world.file(name), 'utf8')] as const);
  return { world, chapters: [], files: new Map(files), happened: [], looks: [] };
}

/** Runs one command of a story to its end. */
export function tell(story: Story, argv: readonly string[], faults?: Faults): Promise<Chapter> {
  return story.world.timeline.until(open(story, argv, faults).ended);
}

/** What happens when a call gets no answer. */
export const HANG = 'a call hangs';

/** So long something that happened is felt. */
const LASTS_MS = 20_000;

/** Begins a command; time must pass for it to end. `RELEASE` stands for the newest release there is. */
export function open(story: Story, words: readonly string[], faults?: Faults) {
  const newest = releasesOf(story.world).at(-1)?.id ?? '20260101-000000-aaaaaaa';
  const argv = words.map((each) => (each === 'RELEASE' ? newest : each));
  const before = sceneOf(story.world);
  const { process, ended } = start(story.world, argv, faults);
  const others = story.world.processes;
  const isAlone = () => [...others.values()].every((each) => each === process || each.isDead);
  const wasAlone = isAlone();
  const begun = others.size;
  const closing = ended.then((end) => {
    const hadCompany = !wasAlone || others.size > begun;
    const hasHappened = story.happened.some(
      ({ at, lastsMs }) => at + lastsMs >= before.at - LASTS_MS,
    );
    // What a killed program had started ends by itself, and the proxy sees what is there.
    const chapter: Chapter = {
      ...{ ...end, argv, before, after: sceneOf(story.world) },
      isDisturbed: hadCompany || hasHappened || process.hasMetFault,
    };
    story.chapters.push(chapter);
    return chapter;
  });
  return { process, ended: closing };
}

export function sceneOf(world: World): Scene {
  const { engine, haproxy, timeline } = world;
  const containers = [...engine.containers.values()].map((each): Seen => {
    const { id, name, image, state, startedAt, restartCount } = each;
    return {
      ...{ id, name, image, state, startedAt, restartCount },
      service: serviceOf(each),
      role: roleOf(each),
      ports: hostPorts(each),
    };
  });
  const proxy = [...engine.containers.values()].find((each) => haproxy.of(each)?.current);
  const weight = proxy && haproxy.of(proxy)?.current?.weight();
  const weights = text(world.file('.canary/proxy/weights.map'));
  return { at: timeline.now(), containers, weight, weights };
}

/** What two ends must have in common to be the same for everybody. */
export function essence({ containers, weight }: Scene): string {
  const lines = containers.map(({ service, role, image, state, ports }) =>
    [role, service, image, state, ...ports].join(' '),
  );
  return [...lines.sort(), `weight ${weight}`].join('\n');
}

/** By their journals, the oldest first. */
export function releasesOf(world: World): Release[] {
  return ownFiles(world)
    .filter((each) => each.endsWith('.jsonl'))
    .sort()
    .flatMap((each) => foldRelease(parseJournal(text(world.file(each))).records) ?? []);
}

/** Every file below the project's folder that is canary's, by its path there. */
export function ownFiles(world: World): string[] {
  const visit = (folder: string): string[] =>
    readdirSync(world.file(folder), { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? visit(path) : [path];
    });
  try {
    return visit('.canary');
  } catch {
    return [];
  }
}

export function text(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
