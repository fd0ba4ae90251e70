import { lstatSync } from 'node:fs';
import { EXIT } from '../../../src/errors.ts';
import { parseJournal } from '../../../src/rollout/journal.ts';
import { hasEnded } from '../../../src/rollout/release.ts';
import { type Container, serviceOf } from './engine.ts';
import type { Happening } from './life.ts';
import { REPOSITORY_SOUND, WORK_UNTOUCHED } from './repository.ts';
import { SECRET } from './shop.ts';
import {
  type Chapter,
  HANG,
  type Invariant,
  ownFiles,
  releasesOf,
  type Story,
  text,
} from './story.ts';
import type { Visit } from './visitors.ts';

/** Commands that may make containers of the stable anew. */
const MOVE_STABLE = ['up', 'down', 'promote'];

/** `revert RELEASE` takes a promoted one back: the stable runs what it ran before. */
function movesStable([command = '', release]: readonly string[]): boolean {
  return MOVE_STABLE.includes(command) || (command === 'revert' && release !== undefined);
}

/** Ends of which users notice nothing. */
const TAKE_USERS_OFF = ['abort', 'revert', 'pause'];

/**
 * Whether a command may have left the stable half replaced, which the next ones have to mend: it was killed, or it
 * failed because of something that is not its own.
 */
function wasMoved({ chapters }: Story, chapter: Chapter): boolean {
  return chapters.some(
    (each) => each.before.at <= chapter.after.at && isCutShort(each) && movesStable(each.argv),
  );
}

function isCutShort({ exitCode, isDisturbed }: Chapter): boolean {
  return exitCode === undefined || (exitCode !== 0 && isDisturbed);
}

const STABLE_UNTOUCHED: Invariant = {
  name: 'no container of the stable or of a shared service is touched by a command that may not',
  broken: (story) =>
    story.chapters.flatMap((chapter) => {
      const [command = ''] = chapter.argv;
      if (movesStable(chapter.argv) || wasMoved(story, chapter)) return [];
      const stable = chapter.before.containers.filter(({ role }) => role === 'stable');
      return touchedBy(story, chapter).flatMap(({ container: { id, name }, what }) =>
        stable.some((each) => each.id === id) ? [`\`${command}\` touched ${name}: ${what}`] : [],
      );
    }),
};

const SHARED_UNTOUCHED: Invariant = {
  name: 'the database is never stopped',
  broken: (story) =>
    story.chapters.flatMap((chapter) =>
      touchedBy(story, chapter).flatMap(({ container, what }) =>
        serviceOf(container) === 'db' && what !== 'started'
          ? [`\`${chapter.argv[0]}\` touched the database: ${what}`]
          : [],
      ),
    ),
};

function touchedBy({ world }: Story, { process }: Chapter) {
  return world.engine.touches.filter(({ by }) => by === process.pid);
}

const WEIGHT_AS_ASKED: Invariant = {
  name: 'the weight is never above what was asked for',
  broken: ({ chapters, world }) => {
    const most = Math.max(0, ...chapters.map(({ argv }) => mostWeight(argv)));
    const above = world.visitors.visits.find(({ weight = 0 }) => weight > most);
    return above ? [`${above.weight} of at most ${most}, seen by ${above.user}`] : [];
  },
};

/** In hundredths of a percent; above all of them, if everybody may be on the canary. */
function mostWeight([command = '', ...words]: readonly string[]): number {
  if (command === 'promote') return 10_001;
  const given = command === 'weight' ? words[0] : words[words.indexOf('--weight') + 1];
  if (command === 'deploy') return words.includes('--weight') ? Number(given) * 100 : 5000;
  return command === 'weight' ? Number(given) * 100 : 0;
}

const OFF_BEFORE_ALL: Invariant = {
  name: 'a way out takes the users off before anything slower',
  broken: (story) =>
    story.chapters.flatMap((chapter) => {
      const { argv, before, process, exitCode } = chapter;
      const isWayOut = TAKE_USERS_OFF.includes(argv[0] ?? '') && (before.weight ?? -1) > 0;
      // A pause does not take over from a command that starts a canary: that one has the users.
      const mustWait = argv[0] === 'pause' && exitCode === EXIT.lockHeld;
      if (!isWayOut || mustWait || exitCode === undefined || wasMoved(story, chapter)) return [];
      const off = process.trace.findIndex(({ name }) => / weight (-1|0)$/.test(name));
      const slow = process.trace.findIndex(({ name }) => /^(docker|POST|DELETE) /.test(name));
      if (off < 0) return [`\`${argv[0]}\` left the users where they were`];
      return slow >= 0 && slow < off
        ? [`\`${argv[0]}\` did \`${process.trace[slow]?.name}\` first`]
        : [];
    }),
};

const RAISING_ONLY_ADDS: Invariant = {
  name: 'raising the weight only adds users',
  broken: ({ world }) => {
    /** Users of the canary, and the weight that they came with; empty again whenever the weight is lowered. */
    const onCanary = new Map<string, number>();
    let last = 0;
    for (const { user, side, weight = -1, hasCanary, at } of inOrder(world.visitors.visits)) {
      if (weight < last) onCanary.clear();
      last = weight;
      const before = onCanary.get(user);
      const isLost = before !== undefined && side === 'stable' && hasCanary;
      if (isLost)
        return [`${user} lost the canary at ${weight}, had it at ${before}: ${clock(at)}`];
      if (side === 'canary') onCanary.set(user, weight);
    }
    return [];
  },
};

function inOrder(visits: readonly Visit[]): Visit[] {
  return [...visits].sort((one, other) => one.at + one.tookMs - other.at - other.tookMs);
}

const DOWN: Happening = 'docker compose down';

/** Docker's own ports are closed for two calls of the engine when they change hands. */
const MOST_CLOSED_MS = 400;

const NO_REQUEST_LOST: Invariant = {
  name: 'no request is lost',
  broken: (story) => {
    const { visitors } = story.world;
    const lost = visitors.visits.filter(
      ({ status, isRefused, isExcused }) => status >= 500 && !isRefused && !isExcused,
    );
    const [first] = lost;
    const found = first ? [`${lost.length} lost, the first at ${clock(first.at)}`] : [];
    let since: number | undefined;
    const asked = [...visitors.visits].sort((one, other) => one.at - other.at);
    for (const { isRefused, isExcused, at } of asked) {
      if (!isRefused || isExcused || isBetweenTwoHands(story, at)) since = undefined;
      else since ??= at;
      if (since !== undefined && at - since > MOST_CLOSED_MS)
        return [...found, `nobody is at the port from ${clock(since)} on`];
    }
    return found;
  },
};

/**
 * A command that is killed in the two calls in which a port changes hands leaves it closed until it is run again: no
 * engine gives a port from one container to another in one call.
 */
function isBetweenTwoHands({ chapters, happened }: Story, at: number): boolean {
  const isMoving = ({ argv: [command = ''], before, after }: Chapter, then = at) =>
    ['up', 'down'].includes(command) && before.at <= then && then <= after.at;
  // And nobody can do anything at an engine that does not answer. A call that hangs elsewhere closes no port.
  const hangs = happened.some(
    ({ what, at: from, lastsMs }) => what === HANG && from <= at && at <= from + lastsMs,
  );
  if (hangs && chapters.some((each) => isMoving(each))) return true;
  // Somebody took the container with the port away while it was to change hands.
  const hasLost = (chapter: Chapter) =>
    happened.some(({ what, at: then }) => what === DOWN && isMoving(chapter, then));
  if (chapters.some((each) => isMoving(each) && hasLost(each))) return true;
  return chapters.some(({ argv: [command = ''], exitCode, before, after }) => {
    if (exitCode !== undefined || !['up', 'down'].includes(command)) return false;
    const again = chapters.find((each) => each.argv[0] === command && each.before.at >= after.at);
    return at >= before.at && at <= (again?.after.at ?? Number.POSITIVE_INFINITY);
  });
}

function clock(ms: number): string {
  return new Date(ms).toISOString().slice(11, 23);
}

const ONE_RELEASE: Invariant = {
  name: 'there is at most one release that has not ended',
  broken: ({ world }) => {
    const open = releasesOf(world).filter((each) => !hasEnded(each));
    return open.length > 1 ? [open.map(({ id, state }) => `${id} ${state}`).join()] : [];
  },
};

const RECORD: Invariant = {
  name: 'a journal is of one release, and has each fact once',
  broken: ({ world }) =>
    ownFiles(world)
      .filter((each) => each.endsWith('.jsonl'))
      .flatMap((file) => {
        const content = text(world.file(file));
        const { records, problems } = parseJournal(content);
        const lines = content.split('\n').filter(Boolean);
        const begun = records.flatMap((each) => (each.type === 'release-created' ? each.id : []));
        return [
          ...problems,
          ...lines.filter((line, at) => line === lines[at - 1]).map((line) => `twice: ${line}`),
          ...(begun.length > 1 || begun.some((id) => !file.endsWith(`/${id}.jsonl`))
            ? [`it begins ${begun.join()}`]
            : []),
        ].map((how) => `${file}: ${how}`);
      }),
};

const FILES_UNTOUCHED: Invariant = {
  name: "the user's files are as they were",
  broken: ({ files, world }) =>
    [...files].flatMap(([name, before]) =>
      text(world.file(name)) === before ? [] : [`${name} was changed`],
    ),
};

const NO_SECRET: Invariant = {
  name: 'no secret is in anything written',
  broken: ({ world, chapters }) => {
    // A link leads to the user's own file.
    const files = ownFiles(world).filter(
      (each) =>
        !lstatSync(world.file(each)).isSymbolicLink() && text(world.file(each)).includes(SECRET),
    );
    const said = chapters.filter(({ stdout, stderr }) => `${stdout}${stderr}`.includes(SECRET));
    return [...files, ...said.map(({ argv }) => `\`${argv[0]}\` printed it`)];
  },
};

/** For a world in which no command runs. */
const ONE_STORY: Invariant = {
  name: 'journal, labels and proxy tell one story',
  broken: ({ world, chapters }) => {
    const scene = chapters.at(-1)?.after;
    if (!scene) return [];
    const release = releasesOf(world).at(-1);
    const canaries = scene.containers.filter(({ role }) => role === 'canary');
    const isOver = !release || hasEnded(release);
    const found: string[] = [];
    if (isOver && canaries.length > 0)
      found.push(`${canaries[0]?.name} is of no release (${release?.state})`);
    if (isOver && (scene.weight ?? -1) > 0) found.push(`weight ${scene.weight} without a release`);
    if (release?.state === 'paused' && (scene.weight ?? -1) > 0)
      found.push(`paused with a weight of ${scene.weight}`);
    if (release?.state === 'holding' && scene.weight !== Math.round(release.weight * 100))
      found.push(`the journal says ${release.weight} %, the proxy ${scene.weight}`);
    const kept = Number(/^weight (-?\d+)/m.exec(scene.weights)?.[1] ?? -1);
    if (scene.weight !== undefined && kept !== scene.weight)
      found.push(`a restart of the proxy brings ${kept} in place of ${scene.weight}`);
    return found;
  },
};

const NOTHING_LEFT: Invariant = {
  name: 'nothing is left behind',
  broken: ({ world }) => {
    const files = ownFiles(world).filter((each) =>
      /\.tmp$|lock\.json|stop-request|\.new$/.test(each),
    );
    const networks = [...world.engine.networks.keys()].filter((each) => each !== 'shop_default');
    const odd = [...world.engine.containers.values()].filter(
      (each) =>
        (each.state !== 'running' && !isOthers(world, each)) ||
        each.labels['com.docker.compose.oneoff'] === 'True',
    );
    return [...files, ...networks, ...odd.map(({ name, state }) => `${name} is ${state}`)];
  },
};

/** A service that canary was not told to start, and that somebody else ended. */
function isOthers({ engine }: Story['world'], container: Container): boolean {
  const last = engine.touches.findLast((each) => each.container === container);
  return serviceOf(container) === 'db' && last?.by === undefined;
}

/** After each story, wherever it was cut. */
export const ALWAYS = [
  STABLE_UNTOUCHED,
  SHARED_UNTOUCHED,
  WEIGHT_AS_ASKED,
  RAISING_ONLY_ADDS,
  OFF_BEFORE_ALL,
  NO_REQUEST_LOST,
  ONE_RELEASE,
  RECORD,
  FILES_UNTOUCHED,
  WORK_UNTOUCHED,
  NO_SECRET,
];

/** Besides, once a command has ended by itself. */
export const AT_REST = [ONE_STORY, NOTHING_LEFT, REPOSITORY_SOUND];

export function broken(story: Story, invariants: readonly Invariant[]): string[] {
  return invariants.flatMap(({ name, broken }) => broken(story).map((how) => `${name}: ${how}`));
}
