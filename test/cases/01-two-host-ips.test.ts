import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { answerAt, GivenCase } from './given-case.ts';

let shop: GivenCase;

beforeAll(async () => {
  shop = await GivenCase.of('01');
  await shop.production();
});

afterAll(() => shop?.dispose());

it('both addresses of the host answer all the time, and no other', async () => {
  const answers = () =>
    Promise.all(['127.0.0.1', '127.0.0.2'].map((host) => answerAt(`http://${host}:${shop.port}/`)));
  expect(await answers()).toEqual(['shop stable', 'shop stable']);

  await shop.takeOver();
  expect(await answers()).toEqual(['shop stable', 'shop stable']);
  expect(await listening()).toEqual(
    ['127.0.0.1', '127.0.0.2']
      .flatMap((host) => [`${host}:${shop.port}`, `${host}:${shop.preview}`])
      .sort(),
  );

  await shop.succeed('deploy', '--branch', 'canary', '--weight', '100');
  expect(await answers()).toEqual(['shop canary', 'shop canary']);
  const { entries } = (await shop.status()).proxy;
  expect(entries[0].addresses).toEqual([
    `http://127.0.0.1:${shop.port}`,
    `http://127.0.0.2:${shop.port}`,
  ]);

  await shop.succeed('abort', '--yes');
  await shop.succeed('down', '--yes');
  expect(await answers()).toEqual(['shop stable', 'shop stable']);
});

/** The addresses of the shop's ports on this machine. */
async function listening(): Promise<string[]> {
  const { stdout } = await execa('ss', ['-Hltn']);
  const local = stdout.split('\n').map((line) => line.split(/\s+/)[3] ?? '');
  const ports = [shop.port, shop.preview].map(String);
  return local.filter((address) => ports.includes(address.split(':').at(-1) ?? '')).sort();
}
