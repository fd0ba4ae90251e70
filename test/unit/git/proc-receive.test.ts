import { describe, expect, test } from 'vitest';
import { FLUSH, packet, readPackets } from '../../../src/git/pkt-line.ts';
import { formatResults, readPush } from '../../../src/git/proc-receive.ts';
import { printable } from '../../../src/ui/printable.ts';

const shown = (text: string) => printable(text, false);
const OLD = 'a'.repeat(40);
const NEW = 'b'.repeat(40);
const NOTHING = '0'.repeat(40);

/** What git sends, and the answer to its greeting. */
async function talk(...said: string[]) {
  let answer = '';
  const bytes = (async function* () {
    yield said.join('');
  })();
  const push = await readPush(readPackets(bytes), (text) => {
    answer += text;
  });
  return { push, answer };
}

test('a reason cannot give orders to the terminal of whoever pushes', () => {
  const reason = 'no \u001b[2J\u202e\u0007 canary';
  expect(formatResults([{ ref: 'refs/heads/a', result: 'refused', reason }], shown)).toBe(
    packet('ng refs/heads/a no \\x1b[2J\\u{202e}\\x07 canary\n') + FLUSH,
  );
});

describe('git’s conversation with a hook', () => {
  test('reports created, moved and deleted refs, and the options of the push', async () => {
    const { push, answer } = await talk(
      packet('version=1\0push-options atomic object-format=sha1\n'),
      FLUSH,
      packet(`${NOTHING} ${NEW} refs/heads/canary`),
      packet(`${OLD} ${NEW} refs/heads/main`),
      packet(`${OLD} ${NOTHING} refs/heads/gone`),
      FLUSH,
      packet('weight=5'),
      FLUSH,
    );
    expect(push).toEqual({
      updates: [
        { ref: 'refs/heads/canary', from: undefined, to: NEW },
        { ref: 'refs/heads/main', from: OLD, to: NEW },
        { ref: 'refs/heads/gone', from: OLD, to: undefined },
      ],
      options: ['weight=5'],
      atomic: true,
    });
    expect(answer).toBe(packet('version=1\0push-options atomic\n') + FLUSH);
  });

  test('expects no options if git announces none', async () => {
    const { push, answer } = await talk(
      packet('version=1\n'),
      FLUSH,
      packet(`${OLD} ${NEW} refs/heads/main`),
      FLUSH,
    );
    expect(push.options).toEqual([]);
    expect(push.atomic).toBe(false);
    expect(answer).toBe(packet('version=1\0\n') + FLUSH);
  });

  test.each([
    ['another version', [packet('version=2\n'), FLUSH], 'version=2'],
    ['an early end', [packet('version=1\n')], 'too early'],
    ['no update', [packet('version=1\n'), FLUSH, packet('hello'), FLUSH], 'not an update'],
    [
      'a ref outside of refs',
      [packet('version=1\n'), FLUSH, packet(`${OLD} ${NEW} HEAD`), FLUSH],
      'not an update',
    ],
  ])('%s is rejected', async (_, said, words) => {
    await expect(talk(...said)).rejects.toThrow(words);
  });
});

test('the answer has a line for each ref, and each reason is one line', () => {
  expect(
    formatResults(
      [
        { ref: 'refs/heads/main', result: 'done' },
        { ref: 'refs/tags/v1', result: 'left-to-git' },
        { ref: 'refs/heads/canary', result: 'refused', reason: 'busy\nok refs/heads/canary' },
      ],
      shown,
    ),
  ).toBe(
    [
      packet('ok refs/heads/main\n'),
      packet('ok refs/tags/v1\n'),
      packet('option fall-through\n'),
      packet('ng refs/heads/canary busy ok refs/heads/canary\n'),
      FLUSH,
    ].join(''),
  );
});
