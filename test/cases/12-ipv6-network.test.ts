import { afterEach, expect, it } from 'vitest';
import { answerAt, GivenCase } from './given-case.ts';

let shop: GivenCase;

afterEach(() => shop?.dispose());

it.each([
  ['::', ['127.0.0.1', '[::1]']],
  ['0.0.0.0', ['127.0.0.1']],
])('a shop that listens on %s is reached at %j all the time', async (bind, hosts) => {
  shop = await GivenCase.of('12');
  await shop.write('.env', `BIND=${bind}\n`);
  await shop.production();
  const version = async (headers: Record<string, string> = {}) => {
    const urls = hosts.map((host) => `http://${host}:${shop.port}/`);
    const answers = await Promise.all(urls.map((url) => answerAt(url, headers)));
    return answers.map((answer) => answer.split(':')[0]);
  };
  const every = (side: string) => hosts.map(() => side);
  expect(await version()).toEqual(every('stable'));
  await shop.takeOver();
  expect(await version()).toEqual(every('stable'));
  await shop.succeed('deploy', '--branch', 'canary', '--weight', '50');
  for (const side of ['stable', 'canary'])
    expect(await version({ 'X-Canary': side })).toEqual(every(side));
  await shop.succeed('abort', '--yes');
  await shop.succeed('down', '--yes');
  expect(await version()).toEqual(every('stable'));
});
