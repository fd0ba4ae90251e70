import { expect, test } from 'vitest';
import { IDLE, type KeyFacts, keyLines, press } from '../../../../src/ui/live/keys.ts';
import { ADVANCING, QUIET } from '../../../support/fixture-live.ts';

const watching: KeyFacts = { status: ADVANCING, drives: undefined };

/** Presses one key after the other; the last line, and every effect. */
function typed(keys: string, facts: KeyFacts = watching) {
  let state = IDLE;
  const effects: unknown[] = [];
  for (const key of keys) {
    const [next, effect] = press(state, key, facts);
    state = next;
    if (effect) effects.push(effect);
  }
  const lines = keyLines(state, facts).map((line) =>
    line.map((piece) => (typeof piece === 'string' ? piece : piece[0])).join(''),
  );
  return { lines, effects };
}

test.each([
  ['py', ['promote', '--now']],
  ['uY', ['pause']],
  ['ay', ['abort']],
  ['w12.5\ry', ['weight', '12.5']],
  ['w5\u007f7\ry', ['weight', '7']],
])('%j runs the command once it is confirmed', (keys, run) => {
  expect(typed(keys).effects).toEqual([{ run }]);
});

test.each(['p', 'pn', 'p\u001by', 'pxn', 'a\r', 'w12', 'w12\r', 'w101\ry', 'w\r', 'wq', 'y'])(
  '%j steers nothing',
  (keys) => {
    expect(typed(keys).effects).toEqual([]);
  },
);

test('says what a key would do before it does', () => {
  expect(typed('a').lines).toEqual([
    'Abort: every user goes to the stable, and the canary is removed.  y / n',
  ]);
  expect(typed('w20').lines).toEqual(['Users of the canary in percent: 20_  Enter, Esc']);
});

test('p does not end steps that do not go on', () => {
  const { release } = ADVANCING;
  const status = { ...ADVANCING, release: release && { ...release, state: 'holding' as const } };
  expect(typed('py', { status, drives: undefined }).effects).toEqual([{ run: ['promote'] }]);
});

test('u gives a paused canary its users back', () => {
  const { release } = ADVANCING;
  const status = { ...ADVANCING, release: release && { ...release, state: 'paused' as const } };
  expect(typed('uy', { status, drives: undefined }).effects).toEqual([{ run: ['resume'] }]);
});

test('q leaves at once what only looks, and says what it stops otherwise', () => {
  expect(typed('q').effects).toEqual(['leave']);
  const driving = { status: ADVANCING, drives: 'deploy' };
  expect(typed('q', driving)).toEqual({
    effects: [],
    lines: [
      'Leave: this stops `canary deploy`: every user goes to the stable, and `canary resume` goes on later.  y / n',
    ],
  });
  expect(typed('qy', driving).effects).toEqual(['interrupt']);
});

test('without a canary nothing can be steered', () => {
  const facts = { status: QUIET, drives: undefined };
  expect(typed('pyayuyw5\ryl', facts).effects).toEqual(['logs']);
  expect(typed('', facts).lines).toEqual(['l logs  ? help  q leave']);
});

test('every question fits in 80 columns', () => {
  const { release } = ADVANCING;
  const states = ['advancing', 'holding', 'paused'] as const;
  const lines = states.flatMap((state) => {
    const status = { ...ADVANCING, release: release && { ...release, state } };
    return ['p', 'w12.25\r', 'u', 'a'].flatMap(
      (keys) => typed(keys, { status, drives: 'deploy' }).lines,
    );
  });
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});
