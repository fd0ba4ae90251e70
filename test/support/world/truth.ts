import { buildProgram } from '../../../src/cli/program.ts';
import type { Status } from '../../../src/documents/status.ts';
import { EXIT } from '../../../src/errors.ts';
import { formatWeight } from '../../../src/proxy/weight.ts';
import { hasEnded } from '../../../src/rollout/release.ts';
import type { Chapter, Invariant, Look, Story } from './story.ts';

const AGREE: Invariant = {
  name: '`status`, its JSON, the journal and the proxy agree',
  broken: ({ looks }) =>
    looks.flatMap((look) => disagreements(look).map((how) => `after \`${look.after}\`: ${how}`)),
};

function disagreements({ text, json, release, scene }: Look): string[] {
  const status = parsed(json);
  if (!status) return [`no document: ${json.slice(0, 200)}`];
  const told = status.release;
  const hasCanary = scene.containers.some(({ role }) => role === 'canary');
  // Above 100 % also users whom a rule keeps on the stable are on the canary.
  const weight = Math.min(10_000, Math.max(0, scene.weight ?? 0)) / 100;
  if (!told) {
    const isOpen = release && !hasEnded(release) && hasCanary;
    return [
      ...(isOpen ? [`the journal has ${release.id} ${release.state}, status none`] : []),
      ...(weight > 0 ? [`${weight} % of users are on a canary that status does not have`] : []),
      ...(text.includes('canary  none') ? [] : ['the text has a release, the JSON none']),
    ];
  }
  const { requests } = told;
  const count = (value: number) => value.toLocaleString('en-US');
  const lines = [
    `${told.state}: ${told.reason}`,
    `${formatWeight(told.weight.set)} set`,
    `${count(requests.stable)} stable, ${count(requests.canary)} canary`,
  ];
  const isSteered = ['holding', 'paused', 'inconclusive', 'advancing'].includes(told.state);
  return [
    ...lines.flatMap((line) => (text.includes(line) ? [] : [`the text lacks "${line}"`])),
    ...(told.id === release?.id ? [] : [`release ${told.id}, by the journal ${release?.id}`]),
    ...(scene.weight === undefined || told.weight.set === weight
      ? []
      : [`weight ${told.weight.set}, the proxy has ${weight}`]),
    // Who was killed after it gave users back had not written that down yet.
    ...(told.state === 'holding' && release?.state === 'paused' && weight === 0
      ? [`it holds, the journal says ${release.state}`]
      : []),
    ...(isSteered && !hasCanary ? [`${told.state}, but its canary is gone`] : []),
  ];
}

function parsed(json: string): Status | undefined {
  try {
    const status: Status = JSON.parse(json);
    return 'proxy' in status ? status : undefined;
  } catch {
    return undefined;
  }
}

const SLIPS = /(?<![./…])\.\.(?![./])|\bundefined\b|\bNaN\b|\[object|``|\s%| {2}\d+ users of 0\b/;

const WELL_SAID: Invariant = {
  name: 'no text has a slip of the pen',
  broken: (story) =>
    everyText(story).flatMap(([argv, text]) => {
      const line = text.split('\n').find((each) => SLIPS.test(each.replace(/\d %/g, '')));
      return line === undefined ? [] : [`\`${argv}\`: ${line}`];
    }),
};

function everyText({ chapters, looks }: Story): [string, string][] {
  return [
    ...chapters.map(({ argv, stdout, stderr }): [string, string] => [
      argv[0] ?? '',
      `${stdout}\n${stderr}`,
    ]),
    ...looks.map(({ text, notes }): [string, string] => ['status', `${text}\n${notes}`]),
  ];
}

const WAY_ON: Invariant = {
  name: 'a failed command ends with a command that exists',
  broken: ({ chapters }) =>
    chapters.flatMap(({ argv, exitCode, stderr }) => {
      // A wrong command or file moved nobody: what is wrong is said.
      if (exitCode === undefined || exitCode === 0 || exitCode === EXIT.usage) return [];
      const said = stderr.slice(stderr.lastIndexOf('✖'));
      const named = [...said.matchAll(/`canary ([^`]+)`/g)].map(([, words = '']) => words);
      if (named.length === 0) return [`\`${argv[0]}\` names none: ${said}`];
      if (!named.some(parses)) return [`\`${argv[0]}\` names none that can be typed: ${said}`];
      // A command that did something is told by its name alone.
      const odd = named.find((words) => !parses(words) && !isName(words));
      return odd === undefined ? [] : [`\`${argv[0]}\` names \`canary ${odd}\`, which is none`];
    }),
};

function isName(word: string): boolean {
  return buildProgram(async () => undefined, '0').commands.some((each) => each.name() === word);
}

/** Whether the program itself takes these words. */
function parses(words: string): boolean {
  const program = buildProgram(async () => undefined, '0');
  const silent = { writeErr: () => undefined, writeOut: () => undefined };
  for (const each of [program, ...program.commands]) each.exitOverride().configureOutput(silent);
  try {
    program.parse(words.split(' '), { from: 'user' });
    return true;
  } catch {
    return false;
  }
}

const WHERE_USERS: Invariant = {
  name: 'a failed command says where users are',
  broken: (story) =>
    story.chapters.flatMap((chapter) => {
      const { argv, stderr } = chapter;
      const [command = ''] = argv;
      if (!hasFailed(chapter)) return [];
      const said = /^ {2}(Users: .*|All users .*|Nobody .*)$/m.exec(stderr)?.[1];
      // Where canary has never run, nobody can say it without the engine.
      const isBlind = chapter.after.weights === '' && stderr.includes('Engine does not answer');
      if (said === undefined) return isBlind ? [] : [`\`${command}\` does not say it: ${stderr}`];
      const untrue = whyUntrue(story, chapter, said);
      return untrue === undefined ? [] : [`\`${command}\`: "${said}", but ${untrue}`];
    }),
};

const LOOK_ONLY = ['status', 'plan'];

/** It did something, or was about to: a wrong command moved nobody, nor did one that had to wait. */
function hasFailed({ argv: [command = ''], exitCode }: Chapter): boolean {
  const isHarmless =
    exitCode === undefined || [EXIT.done, EXIT.usage, EXIT.lockHeld].includes(exitCode as 0);
  return !isHarmless && !LOOK_ONLY.includes(command);
}

/** What the simulated proxy and the users say against a sentence, at the moment in which its command ended. */
function whyUntrue({ chapters, world }: Story, chapter: Chapter, said: string): string | undefined {
  const { after, process } = chapter;
  const { weight, at } = after;
  const near = (ms: number) => world.visitors.visits.filter((each) => Math.abs(each.at - at) < ms);
  const isMoving = chapters.some(
    (each) => each !== chapter && each.before.at <= at && each.after.at >= at - MOVING_MS,
  );
  // Somebody else has just moved them.
  if (isMoving) return undefined;
  const hasJustCome = after.containers.some(
    ({ role, startedAt }) => role === 'proxy' && startedAt > at - ASKING_MS,
  );
  if (said.startsWith('Nobody knows'))
    return weight === undefined || process.hasMetFault || hasJustCome
      ? undefined
      : `the proxy has ${weight}`;
  if (said.startsWith('Nobody answers')) {
    const visits = near(MOVING_MS);
    const isAnswered = visits.every(({ status, tookMs }) => status === 200 && tookMs < PROMPT_MS);
    return isAnswered && visits.length > 0 ? 'users are answered' : undefined;
  }
  const told = weightIn(said);
  return weight === undefined
    ? undefined
    : told === Math.max(-1, weight)
      ? undefined
      : `the proxy has ${weight}`;
}

/** A command that failed asks for users so long. */
const ASKING_MS = 4000;
/** So soon after another command did something both may be right. */
const MOVING_MS = 200;

function weightIn(said: string): number {
  if (said.startsWith('All users are on the stable')) return -1;
  if (said.startsWith('All users are on the canary')) return 10_001;
  return Math.round(Number(/^Users: (\S+) %/.exec(said)?.[1]) * 100);
}

/** Sentences that make somebody get up at night. */
const ALARMS = /users get errors|Nothing answers at port|nobody is answered/i;
/** What `status` says is of the moment in which it looks: servers are checked twice a second. */
const ALARM_MS = 4000;
/** Whoever waits longer is not answered, for all that anybody can tell meanwhile. */
const PROMPT_MS = 500;

const NO_FALSE_ALARM: Invariant = {
  name: 'no alarm about users while users are answered',
  broken: ({ looks, world }) =>
    looks.flatMap(({ after, text, notes, scene: { at, containers } }) => {
      const alarm = ALARMS.exec(`${text}\n${notes}`)?.[0];
      // A stable that is down is an alarm, also if users wait no longer than until the next command.
      const runs = containers.some(
        ({ role, service, state }) => role === 'stable' && service === 'web' && state === 'running',
      );
      if (!alarm || !runs) return [];
      const near = world.visitors.visits.filter((each) => Math.abs(each.at - at) < ALARM_MS);
      const isSo =
        near.length > 0 &&
        near.every(({ status, tookMs }) => status < 500 && status > 0 && tookMs < PROMPT_MS);
      return isSo ? [`after \`${after}\`: "${alarm}"`] : [];
    }),
};

/** Of what people are told. */
export const TOLD = [AGREE, WELL_SAID, WAY_ON, WHERE_USERS, NO_FALSE_ALARM];
