import type { NotifyEvent } from '../config/sections/notify.ts';
import type { CanaryEvent } from '../rollout/events.ts';
import { stepName, waitsForPerson } from '../rollout/progress.ts';
import type { Release } from '../rollout/release.ts';
import { revisionName } from '../rollout/source.ts';
import { describeStep } from '../rollout/step.ts';
import { ended } from '../sentences.ts';

/** What somebody is told: whole sentences, without any format. */
export interface Message {
  event: NotifyEvent;
  /** A few words, such as `shop: the canary was judged bad`. */
  title: string;
  /** One sentence or more, with numbers. */
  text: string;
  /** Names and values, such as `Branch` and `canary`. */
  facts: readonly (readonly [name: string, value: string])[];
  /** What to type next. */
  command: string;
  /** The same for programs; what is not known is left out. */
  about: About;
}

/** What a message is about, for programs. `step`: from 1. */
interface About {
  project: string;
  release?: string | undefined;
  branch?: string | undefined;
  commit?: string | undefined;
  subject?: string | undefined;
  state?: string | undefined;
  weight?: number | undefined;
  step?: number | undefined;
  steps?: number | undefined;
}

/** What an event says, before it is known of which release. */
interface Told {
  event: NotifyEvent;
  words: string;
  text: (release: Release) => string;
  command: (release: Release) => string;
}

/** What is told of an event; `undefined` if nobody is told. */
export function toldOf(event: CanaryEvent): Told | undefined {
  switch (event.type) {
    case 'release-created':
      return {
        event: 'start',
        words: 'a canary release started',
        text: (release) => `${revisionName(release)} is deployed as the canary: ${event.subject}.`,
        command: () => 'canary status',
      };
    case 'step-begun': {
      // The state that follows says that it waits.
      if ('pause' in event.step) return undefined;
      const name = stepName({ index: event.index, steps: Array.from({ length: event.of }) });
      return {
        event: 'step',
        words: `${name} began`,
        text: () => `The canary has ${describeStep(event.step)}.`,
        command: () => 'canary pause',
      };
    }
    case 'verdict-given':
      if (event.verdict.result !== 'fail') return undefined;
      return {
        event: 'judged-bad',
        words: 'the canary was judged bad',
        text: () => `${event.verdict.reasons.join(' ')} Every user is sent to the stable.`,
        command: () => 'canary history',
      };
    case 'state-changed':
      return toldOfState(event.state, event.reason);
    default:
      return undefined;
  }
}

function toldOfState(state: Release['state'], reason: string): Told | undefined {
  const text = () => asSentence(reason);
  const tells = (event: NotifyEvent, words: string, command: Told['command']): Told => ({
    event,
    words,
    text,
    command,
  });
  switch (state) {
    case 'holding':
      return tells('pause', 'the canary waits for you', nextOf);
    case 'paused':
      return tells('pause', 'the canary is paused', () => 'canary resume');
    case 'inconclusive':
      return tells('inconclusive', 'the canary could not be judged', () => 'canary status');
    case 'promoted':
      return tells('promoted', 'the canary was promoted', ({ id }) => `canary revert ${id}`);
    case 'reverted':
    case 'removed':
      return tells('reverted', 'the canary was taken back', () => 'canary history');
    case 'failed':
      return tells('failed', 'the release failed', () => 'canary status');
    default:
      return undefined;
  }
}

/** What goes on with a canary that holds its weight. */
function nextOf({ progress }: Release): string {
  const isDone = !progress || (progress.isStepDone && waitsForPerson(progress));
  return isDone ? 'canary promote' : 'canary resume';
}

/** What users did on both sides since the release began; `undefined` where the proxy could not be asked. */
export interface SidesNow {
  requests: Record<'stable' | 'canary', number>;
  failures: Record<'stable' | 'canary', number>;
}

/** The message about an event of a release. */
export function messageAbout(told: Told, release: Release, sides: SidesNow | undefined): Message {
  const { progress } = release;
  const side = (name: 'stable' | 'canary') =>
    sides && `${count(sides.requests[name])} requests, ${count(sides.failures[name])} failed`;
  const facts = [
    ['Release', release.id],
    ['Branch', release.branch],
    ['Revision', revisionName(release)],
    ['Services', release.services.join(', ')],
    ['Weight', `${release.weight} %`],
    ['Step', progress && progress.index >= 0 ? stepName(progress) : ''],
    ['Canary', side('canary') ?? ''],
    ['Stable', side('stable') ?? ''],
  ] as const;
  return {
    event: told.event,
    title: `${release.project}: ${told.words}`,
    text: told.text(release),
    facts: facts.filter(([, value]) => value !== ''),
    command: told.command(release),
    about: aboutOf(release),
  };
}

function aboutOf(release: Release): About {
  const { project, id, branch, commit, subject, state, weight, progress } = release;
  const place = progress && { step: progress.index + 1, steps: progress.steps.length };
  return { project, release: id, branch, commit, subject, state, weight, ...place };
}

/** The message that another command's lock was broken. */
export function messageOfLock(
  project: string,
  { command, owner, pid, host }: { command: string; owner: string; pid: number; host: string },
): Message {
  return {
    event: 'lock-broken',
    title: `${project}: a lock was broken`,
    text: `The lock of \`canary ${command}\` was broken: that command has ended without giving it back.`,
    facts: [
      ['Command', `canary ${command}`],
      ['User', owner],
      ['Process', `${pid} on ${host}`],
    ],
    command: 'canary status',
    about: { project },
  };
}

/** What `canary notify test` sends. */
export function testMessage(project: string): Message {
  return {
    event: 'start',
    title: `${project}: a test`,
    text: 'This is a test of canary. Messages about releases look like this.',
    facts: [['Project', project]],
    command: 'canary status',
    about: { project },
  };
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function asSentence(reason: string): string {
  return ended(reason.charAt(0).toUpperCase() + reason.slice(1));
}
