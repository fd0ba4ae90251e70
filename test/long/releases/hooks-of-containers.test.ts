import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Storedog } from '../../support/storedog.ts';
import { frontShop } from '../../support/traffic-shop.ts';

/** A service that registers itself by `post_start` and takes that back by `pre_stop`. */
const HOOKS = `    volumes: ["./registry:/registry"]
    post_start: [{ user: root, command: [sh, -c, "date > /registry/$$HOSTNAME"] }]
    pre_stop: [{ user: root, command: [sh, -c, "rm -f /registry/$$HOSTNAME"] }]
    ports:`;

let shop: Storedog;

beforeAll(async () => {
  shop = await frontShop([]);
  const file = 'docker-compose.yml';
  await shop.write(
    file,
    (await shop.read(file)).replace('    ports:', () => HOOKS),
  );
  await shop.write('.gitignore', 'registry\n');
  await shop.git('add', '--all');
  await shop.git('commit', '--quiet', '-m', 'A registry');
  await shop.git('switch', '--quiet', 'canary');
  await shop.git('merge', '--quiet', '-m', 'With hooks', 'main');
  await shop.git('switch', '--quiet', 'main');
});

afterAll(() => shop?.dispose());

const registered = async () => (await readdir(join(shop.directory, 'registry'))).sort();

/** The hostnames of the containers of the service and its clone. */
async function running(): Promise<string[]> {
  const ids = (await shop.containers())
    .filter(({ service }) => /^frontend/.test(service))
    .map(({ id }) => id);
  const { stdout } = await execa('docker', ['inspect', '--format', '{{.Config.Hostname}}', ...ids]);
  return stdout.split('\n').sort();
}

it.each([
  { args: ['up'], count: 1 },
  { args: ['deploy', '--branch', 'canary', '--weight', '50'], count: 2 },
  { args: ['abort'], count: 1 },
  { args: ['deploy', '--branch', 'canary', '--weight', '50'], count: 2 },
  { args: ['promote', '--force'], count: 1 },
  { args: ['down', '--yes'], count: 1 },
])('after `$args.0`, who runs is registered, and nobody else', async ({ args, count }) => {
  await shop.succeed(...args);
  expect(await registered()).toEqual(await running());
  expect(await registered()).toHaveLength(count);
});
