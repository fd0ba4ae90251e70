import { afterAll, beforeAll, expect, it } from 'vitest';
import { answerAt, GivenCase } from './given-case.ts';

let shop: GivenCase;
let env: string;

beforeAll(async () => {
  shop = await GivenCase.of('35');
  const compose = await shop.read('docker-compose.yml');
  await shop.write('docker-compose.yml', `name: ${shop.project}\n${compose}`);
  env = await shop.read('.env');
  await shop.production();
  await shop.takeOver('--service', 'shop');
});

afterAll(() => shop?.dispose());

/** What everybody gets, before and after somebody types plain Compose. */
const everybodyGets = async (release: string) => {
  expect(await answerAt(shop.url, { 'X-Canary': 'stable' })).toContain(release);
  await shop.compose('up', '--detach');
  expect(await answerAt(shop.url, { 'X-Canary': 'stable' })).toContain(release);
};

it('a version in `.env` is a canary, the stable, and taken back, without git', async () => {
  const first = await answerAt(shop.url);
  await shop.succeed('deploy', '--set', 'VERSION=2', '--weight', '50');
  const second = await answerAt(shop.url, { 'X-Canary': 'canary' });
  expect(second).not.toBe(first);
  await everybodyGets(first);
  expect(await shop.read('.env')).toBe(env);

  await shop.succeed('promote', '--yes');
  await everybodyGets(second);
  expect(await shop.read('.env')).toBe(env.replace('VERSION=1', 'VERSION=2'));

  const { stdout } = await shop.succeed('history', '--json');
  await shop.succeed('revert', JSON.parse(stdout).releases[0].id, '--yes');
  await everybodyGets(first);
  expect(await shop.read('.env')).toBe(env);
});
