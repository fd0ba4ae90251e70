import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { canary } from '../../support/fixture-cli.ts';
import { repository } from '../../support/fixture-project.ts';

/** A service that looks like a database and publishes two ports for users. */
const COMPOSE = `name: shop
services:
  store:
    build: { context: ., target: redis }
    image: example/redis
    ports: ["8080:80", "9000:90"]
    volumes: ["./site:/site", "data:/data"]
  worker: { image: example/worker, command: [run-worker] }
volumes: { data: }
`;

const shop = () => repository({ 'docker-compose.yml': COMPOSE, 'site/a.html': 'x\n' });

describe('what canary guesses, the operator overrules', () => {
  test('with flags of init, which writes them', async () => {
    const folder = await shop();
    const refused = await canary(folder, ['init', '--service', 'store']);
    expect(refused.stderr).toContain('Service `store` keeps data');
    expect(refused.stderr).toContain('the flag `--role store=app`');
    const flags = ['--role', 'store=app', '--entry', 'store=9000', '--mount', './site=shared'];
    const { exitCode, stderr } = await canary(folder, ['init', '--service', 'store', ...flags]);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(await readFile(join(folder, 'canary.yaml'), 'utf8')).toContain(
      'services:\n  store: { entry: 9000, preview: 19000 }\nroles: { "store": app }\nmounts: { "./site": shared }\n',
    );
    expect((await canary(folder, ['map'])).exitCode).toBe(0);
  });

  test('so that a service is shared that looks like any other', async () => {
    const folder = await shop();
    const argv = ['init', '--service', 'worker', '--role', 'worker=stateful'];
    const { stderr, exitCode } = await canary(folder, argv);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Service `worker` keeps data, as you say; it is shared');
  });

  test.each([
    ['--role', 'stor=app', 'There is no service `stor` in the compose file.'],
    ['--entry', 'store=81', 'Service `store` does not publish port 81.'],
    ['--role', 'store=database', '`database` is none of app, stateful,'],
    ['--mount', './site', '`./site` is not a pair such as NAME=VALUE.'],
  ])('but not with %s %s', async (flag, value, message) => {
    const { stderr, exitCode } = await canary(await shop(), ['init', '-s', 'store', flag, value]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});
