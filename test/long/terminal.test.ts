import { afterAll, beforeAll, expect, test } from 'vitest';
import { BIN } from '../support/built-canary.ts';
import { type JudgedShop, judgedShop } from '../support/judged-shop.ts';
import { GIT_ENV } from '../support/storedog.ts';
import { Terminal } from '../support/tmux.ts';
import { SERVER_FILE, serverThatSays } from '../support/traffic-shop.ts';
import { Load } from '../support/visitors.ts';

let judged: JudgedShop;
let load: Load;

beforeAll(async () => {
  judged = await judgedShop();
  load = new Load(judged.shop.url, 50).start();
});

afterAll(async () => {
  await load?.stop();
  await judged?.shop.dispose();
});

/** canary in a terminal, as a person starts it. */
function canaryIn(
  size: { columns: number; rows: number },
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Terminal> {
  return Terminal.running([process.execPath, BIN, ...args], {
    ...size,
    directory: judged.shop.directory,
    env: { ...GIT_ENV, CI: '', LANG: 'C.UTF-8', TERM: 'xterm-256color', ...env },
  });
}

const longest = (screen: string) => Math.max(...screen.split('\n').map(({ length }) => length));
// biome-ignore lint/suspicious/noControlCharactersInRegex: the codes of colours.
const COLOUR = /\u001b\[[\d;]*[1-9]/;

test('a release is watched and steered in a terminal that changes its size', async () => {
  const { shop, configure } = judged;
  await configure('steps: [{ weight: 20, for: 1h }, { weight: 50 }]');
  await shop.commitOn('canary', SERVER_FILE, serverThatSays('watched'));
  const terminal = await canaryIn({ columns: 80, rows: 24 }, ['deploy', '--branch', 'canary']);
  await terminal.seen(/step 1 of 2/);
  const small = await terminal.seen(/surely worse.*surely fine/);
  expect(longest(small)).toBeLessThanOrEqual(80);
  expect(small).toMatch(/frontend/);
  expect(await terminal.screen({ withColours: true })).toMatch(COLOUR);

  await terminal.resize(200, 50);
  const large = await terminal.seen(/surely worse.*surely fine/);
  // Nothing of the narrower picture is left.
  expect(large.match(/surely worse/g)).toHaveLength(1);
  await terminal.resize(40, 12);
  await terminal.seen(/step 1/);
  await terminal.resize(80, 24);
  const again = await terminal.seen(/surely worse.*surely fine/);
  expect(again.match(/surely worse/g)).toHaveLength(1);

  await terminal.press('?');
  await terminal.seen(/promote/);
  await terminal.press('?');
  await terminal.press('a');
  await terminal.seen(/y\b.*n\b|\[y\/N\]/i);
  await terminal.press('y');
  await terminal.exitCode();
  expect((await shop.status()).release).toBeNull();
  expect(load.problems).toEqual([]);
});

test('without colour the same view has no code of a colour, and q leaves it', async () => {
  const { shop, configure } = judged;
  await configure();
  await shop.commitOn('canary', SERVER_FILE, serverThatSays('plain'));
  await shop.succeed('deploy', '--branch', 'canary', '--weight', '20');
  const size = { columns: 200, rows: 50 };
  const terminal = await canaryIn(size, ['status', '--watch'], { NO_COLOR: '1' });
  const screen = await terminal.seen(/20 %/);
  expect(longest(screen)).toBeLessThanOrEqual(200);
  expect(await terminal.screen({ withColours: true })).not.toMatch(COLOUR);
  await terminal.press('q');
  expect(await terminal.exitCode()).toBe(0);
  await shop.succeed('abort');
  expect(load.problems).toEqual([]);
});
