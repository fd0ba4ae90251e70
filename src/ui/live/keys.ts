import type { Status } from '../../documents/status.ts';
import { parseWeight } from '../../proxy/weight.ts';
import type { Line, Piece } from './line.ts';

/** What a key acts on. */
export interface KeyFacts {
  status: Status | undefined;
  /** The command that shows the view, if leaving it would interrupt its work. */
  drives: string | undefined;
}

/** What was asked and not yet answered. */
export type KeyState =
  | { is: 'idle' }
  | { is: 'help' }
  | { is: 'weight'; typed: string }
  | { is: 'asked'; question: string; effect: Effect };

/** What a key does: another canary command, the last lines of the logs, or the end of the view. */
export type Effect = { run: readonly string[] } | 'logs' | 'leave' | 'interrupt';

export const IDLE: KeyState = { is: 'idle' };

const ESCAPE = '\u001b';
const BACKSPACE = /^[\u007f\b]$/;

/** The state after a key, and what to do now. A key that means nothing changes nothing. */
export function press(state: KeyState, key: string, facts: KeyFacts): [KeyState, Effect?] {
  if (state.is === 'weight') return typeWeight(state.typed, key);
  if (state.is === 'asked')
    return key === 'y' || key === 'Y' ? [IDLE, state.effect] : [isAnswer(key) ? IDLE : state];
  if (key === '?') return [state.is === 'help' ? IDLE : { is: 'help' }];
  if (key === ESCAPE) return [IDLE];
  if (key === 'q') return leaving(facts);
  const release = facts.status?.release;
  if (key === 'l') return [IDLE, 'logs'];
  if (!release) return [state];
  switch (key) {
    case 'p':
      return release.state === 'advancing'
        ? ask('Promote now: the steps end, and the canary becomes the stable.', [
            'promote',
            '--now',
          ])
        : ask('Promote: the canary becomes the stable, for everybody.', ['promote']);
    case 'w':
      return [{ is: 'weight', typed: '' }];
    case 'u':
      return release.state === 'paused'
        ? ask('Resume: the canary gets its users back, and the steps go on.', ['resume'])
        : ask('Pause: every user goes to the stable; the canary stays.', ['pause']);
    case 'a':
      return ask('Abort: every user goes to the stable, and the canary is removed.', ['abort']);
    default:
      return [state];
  }
}

function ask(question: string, run: readonly string[]): [KeyState] {
  return [{ is: 'asked', question, effect: { run } }];
}

/** Other keys do not answer: somebody typed too much. */
function isAnswer(key: string): boolean {
  return ['n', 'N', 'q', ESCAPE, '\r'].includes(key);
}

function typeWeight(typed: string, key: string): [KeyState, Effect?] {
  if (key === ESCAPE || key === 'q') return [IDLE];
  if (BACKSPACE.test(key)) return [{ is: 'weight', typed: typed.slice(0, -1) }];
  if (/^[\d.]$/.test(key)) return [{ is: 'weight', typed: `${typed}${key}`.slice(0, 6) }];
  if (key !== '\r' || !isWeight(typed)) return [{ is: 'weight', typed }];
  return ask(`Send ${typed} % of users to the canary; canary.yaml's steps end.`, ['weight', typed]);
}

function isWeight(text: string): boolean {
  try {
    parseWeight(text);
    return true;
  } catch {
    return false;
  }
}

function leaving({ drives, status }: KeyFacts): [KeyState, Effect?] {
  if (drives === undefined) return [IDLE, 'leave'];
  const { release } = status ?? {};
  const afterwards =
    release?.state === 'advancing'
      ? 'every user goes to the stable, and `canary resume` goes on later'
      : 'no user is on the canary then';
  const question = `Leave: this stops \`canary ${drives}\`: ${afterwards}.`;
  return [{ is: 'asked', question, effect: 'interrupt' }];
}

const HELP: readonly (readonly [string, string])[] = [
  ['p', 'promote: the canary becomes the stable'],
  ['w', 'weight: another share of users, by hand'],
  ['u', 'pause: every user to the stable for a while; again: resume'],
  ['a', 'abort: every user to the stable, and no canary any more'],
  ['l', 'logs: the last lines of the canary'],
  ['q', 'leave the view; it asks first if that stops something'],
];

/** The last lines of the view: what can be done, or what is asked. */
export function keyLines(state: KeyState, { status }: KeyFacts): Line[] {
  switch (state.is) {
    case 'asked':
      return [
        [
          [state.question, 'bold'],
          ['  y / n', 'warn'],
        ],
      ];
    case 'weight':
      return [
        [['Users of the canary in percent: ', 'bold'], state.typed, ['_  Enter, Esc', 'dim']],
      ];
    case 'help':
      return HELP.map(([key, text]): Line => [[key, 'bold'], `  ${text}`]);
    case 'idle': {
      const pause = status?.release?.state === 'paused' ? 'resume' : 'pause';
      const steering = ['p promote', 'w weight', `u ${pause}`, 'a abort'];
      const keys = [...(status?.release ? steering : []), 'l logs', '? help', 'q leave'];
      return [keys.flatMap((text, index): Piece[] => [index > 0 ? '  ' : '', ...keyOf(text)])];
    }
  }
}

function keyOf(text: string): Piece[] {
  return [
    [text.slice(0, 1), 'bold'],
    [text.slice(1), 'dim'],
  ];
}
