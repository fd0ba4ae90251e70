import { afterAll, beforeAll, expect, it } from 'vitest';
import { DeployServer } from '../../support/deploy-server.ts';
import { freePorts } from '../../support/ports.ts';
import { Storedog } from '../../support/storedog.ts';

/** Whom the stable's canary.yaml trusts decides what a pushed canary branch may get of the machine. */
let laptop: Storedog;
let server: DeployServer;

beforeAll(async () => {
  laptop = await Storedog.create();
  server = await DeployServer.start(laptop);
  await server.prepare();
  await laptop.git('switch', '--quiet', 'main');
  expect((await server.push('deploy', 'main')).exitCode).toBe(0);
  await laptop.untilShopAnswers();
});

afterAll(async () => {
  await laptop?.dispose();
  await server?.dispose();
});

it('a pushed canary that opens a port is refused until the stable trusts who may push', async () => {
  const [port] = await freePorts(1);
  const compose = (await laptop.read('docker-compose.yml')).replace(
    /( +- )"\d+:5001"\n/,
    (line, bullet) => `${line}${bullet}"${port}:5001"\n`,
  );
  await laptop.commitOn('canary', 'docker-compose.yml', compose);
  const before = await laptop.containers();
  const refused = await server.push('deploy', 'canary');
  expect(refused.exitCode).not.toBe(0);
  expect(refused.stderr).toContain('gets more of this machine than the stable has');
  expect(refused.stderr).toContain(`\`discounts\` has the published port ${port}/tcp`);
  expect(await laptop.containers()).toEqual(before);

  const settings = await laptop.read('canary.yaml');
  await laptop.write('canary.yaml', `${settings}receive: { trust: full }\n`);
  await laptop.git('commit', '--quiet', '--all', '-m', 'Trust who may push');
  expect((await server.push('deploy', 'main')).exitCode).toBe(0);
  const trusted = await server.push('deploy', 'canary');
  expect(trusted.stderr).not.toContain('gets more of this machine');
  expect(trusted.exitCode).toBe(0);
  expect(await server.ref('refs/heads/canary')).toBe(await laptop.git('rev-parse', 'canary'));
});
