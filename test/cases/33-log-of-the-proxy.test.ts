import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { answerAt, GivenCase } from './given-case.ts';

let shop: GivenCase;

beforeAll(async () => {
  shop = await GivenCase.of('33');
  await shop.production();
  await shop.takeOver();
});

afterAll(() => shop?.dispose());

it('the log of the proxy is bounded and tells no query', async () => {
  const proxy = (await shop.containers()).find(({ service }) => service === 'canary-proxy')?.id;
  const { stdout } = await execa('docker', [
    'inspect',
    '-f',
    '{{json .HostConfig.LogConfig}}',
    proxy ?? '',
  ]);
  expect(JSON.parse(stdout).Config).toEqual({
    'max-file': expect.any(String),
    'max-size': expect.any(String),
  });
  for (let count = 0; count < 300; count += 1) await answerAt(`${shop.url}?token=s3cret-${count}`);
  const log = await execa('docker', ['logs', proxy ?? ''], { all: true });
  expect(log.all).not.toContain('s3cret');
});
