import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { GivenCase } from './given-case.ts';

let shop: GivenCase;

beforeAll(async () => {
  shop = await GivenCase.of('06');
  await shop.production();
});

afterAll(() => shop?.dispose());

/** The hostnames that `post_start` wrote down and `pre_stop` did not remove. */
async function registered(): Promise<string[]> {
  const names = await readdir(join(shop.directory, 'registry'));
  return names.filter((name) => !/^\.|said-goodbye/.test(name)).sort();
}

/** The hostnames of the containers of `web` and its clone. */
async function running(): Promise<string[]> {
  const web = (await shop.containers()).filter(({ service }) => /^web/.test(service));
  const format = ['--format', '{{.Config.Hostname}}'];
  const { stdout } = await execa('docker', ['inspect', ...format, ...web.map(({ id }) => id)]);
  return stdout.split('\n').sort();
}

it('whoever canary stops had its `pre_stop` hook, whoever it starts its `post_start`', async () => {
  const counts: number[] = [];
  const compare = async (...args: string[]) => {
    await shop.succeed(...args);
    expect(await registered(), args.join(' ')).toEqual(await running());
    counts.push((await running()).length);
  };
  expect(await registered()).toEqual(await running());
  await shop.takeOver();
  await compare('up');
  await compare('deploy', '--branch', 'canary', '--weight', '50');
  await compare('revert');
  await compare('deploy', '--branch', 'canary', '--weight', '50');
  await compare('promote', '--force');
  await compare('down', '--yes');
  expect(counts).toEqual([1, 2, 1, 2, 1, 1]);
});
