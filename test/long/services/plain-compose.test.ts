import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OLDEST_COMPOSE_PATH } from '../../support/oldest-compose.ts';
import { type PlainCommand, pageOf, type Row, typed } from '../../support/plain-compose.ts';
import type { Storedog } from '../../support/storedog.ts';
import { SERVER_FILE, serverThatSays, trafficShop } from '../../support/traffic-shop.ts';

/** Promise 16: plain Compose, whoever types it and whenever, leaves users answered and brings nobody unjudged code. */
const FILE = 'docker-compose.yml';
const definition = {
  words: 'a changed definition',
  edit: async (shop: Storedog) =>
    shop.write(
      FILE,
      (await shop.read(FILE)).replace('    ports:', '    stop_grace_period: 3s\n    ports:'),
    ),
};
const image = {
  words: 'a build of changed code',
  edit: async (shop: Storedog) => {
    await shop.write(SERVER_FILE, serverThatSays('unjudged'));
    await shop.compose('build', 'frontend');
  },
};

const COMMANDS: readonly PlainCommand[] = [
  { calls: [['up', '-d']] },
  { calls: [['-f', FILE, 'up', '-d']] },
  { calls: [['up', '-d', '--remove-orphans']] },
  { calls: [['-f', FILE, 'up', '-d', '--remove-orphans']] },
  { calls: [['up', '-d', '--build']] },
  { calls: [['build']] },
  { calls: [['ps']] },
  { calls: [['logs', 'frontend']] },
  { calls: [['exec', '-T', 'frontend', 'hostname']] },
  { calls: [['run', '--rm', '-T', '--no-deps', 'frontend', 'hostname']] },
  { calls: [['restart']] },
  { calls: [['restart', 'frontend']] },
  { calls: [['stop'], ['start']] },
  {
    calls: [
      ['rm', '--stop', '--force', 'frontend'],
      ['up', '-d'],
    ],
  },
  { calls: [['up', '-d', '--force-recreate']] },
  { calls: [['up', '-d']], after: definition },
  { calls: [['-f', FILE, 'up', '-d', '--remove-orphans']], after: definition },
  { calls: [['up', '-d']], after: image },
  { calls: [['down'], ['up', '-d']] },
];

let shop: Storedog;
const rows: Row[] = [];

beforeAll(async () => {
  shop = await trafficShop();
});

afterAll(() => shop?.dispose());

/** Each command in turn; what it left is tidied by `canary up`, under which nobody is lost either. */
async function typeAll(state: string): Promise<Row[]> {
  const found: Row[] = [];
  for (const command of COMMANDS) {
    found.push(await typed(shop, state, command));
    await shop.git('checkout', '--quiet', '.');
    if (command.after === image) await shop.compose('build', 'frontend');
    await shop.succeed('up');
  }
  rows.push(...found);
  return found;
}

describe.each([
  { state: 'in front', reach: [], sides: 'stable', release: 'none' },
  {
    state: 'canary at 50 %',
    reach: [['deploy', '--branch', 'canary', '--weight', '50']],
    sides: 'stable and canary',
    release: 'holding, 50 %',
  },
  { state: 'canary paused', reach: [['pause']], sides: 'stable', release: 'paused, 0 %' },
  { state: 'promoted', reach: [['resume'], ['promote']], sides: 'canary', release: 'none' },
])('plain Compose, $state', ({ state, reach, sides, release }) => {
  it('leaves every user answered, and stable, canary and proxy as they are', async () => {
    for (const args of reach) await shop.succeed(...args);
    // The user's own files follow the branch, as after `git pull`.
    await shop.git('checkout', '--quiet', 'main');
    await shop.git('checkout', '--quiet', '.');
    const before = await shop.containers();
    for (const row of await typeAll(state)) {
      // What the engine refused to start lies there until `canary up`.
      const isTold = row.exitCodes.at(-1) === 1;
      expect(row).toMatchObject({ unanswered: 0, answeredBy: sides, release, isTold });
    }
    expect(await shop.containers()).toEqual(before);
  });
});

it('the page in the docs says the same', async () => {
  await expect(pageOf(rows)).toMatchFileSnapshot('../../../docs/reference/plain-compose.md');
});

it('the oldest Compose leaves it alone too, and means the stable by `exec`', async () => {
  const before = await shop.containers();
  const oldest = (...args: string[]) =>
    execa(OLDEST_COMPOSE_PATH, args, { cwd: shop.directory, stdin: 'ignore' });
  await oldest('up', '-d');
  await oldest('up', '-d', '--remove-orphans');
  const { stdout } = await oldest('exec', '-T', 'frontend', 'hostname');
  expect(await shop.containers()).toEqual(before);
  const stable = before.find(({ service }) => service === 'frontend')?.id;
  expect(stable?.startsWith(stdout)).toBe(true);
});
