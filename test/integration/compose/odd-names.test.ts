import { expect, test } from 'vitest';
import { cloneableService } from '../../../src/compose/slice.ts';
import { loadProject } from '../../../src/project/load.ts';
import { composeCli } from '../../../src/system/docker/compose.ts';
import type { RunProcess } from '../../../src/system/process.ts';
import { contextIn, neverAsked } from '../../support/fixture-context.ts';
import { repository } from '../../support/fixture-project.ts';
import { refusal } from '../../support/fixture-refusal.ts';

const SERVICES = ['-x', 'constructor', '__proto__', 'toString'];
const COMPOSE = `name: shop
services:
  web: { image: example/web, ports: ["3000:80"] }
${SERVICES.slice(0, 3)
  .map((name) => `  ${name}: { image: example/odd }\n`)
  .join('')}`;

test('services with the names of every object are known only if they are there', async () => {
  const canary = 'version: 1\nservices: { web: { entry: 3000 } }\n';
  const folder = await repository({ 'docker-compose.yml': COMPOSE, 'canary.yaml': canary });
  const { model } = await loadProject(contextIn(folder));
  for (const name of ['-x', 'constructor', '__proto__'])
    expect(model.services[name]?.image).toBe('example/odd');
  const error = await refusal(() => cloneableService(model, 'toString'));
  expect(error.code).toBe('service-unknown');
});

test('no name is taken for an option', async () => {
  const calls: (readonly string[])[] = [];
  const run: RunProcess = async (_, args) => {
    calls.push(args);
    return { stdout: '', stderr: '', exitCode: 0 };
  };
  const compose = composeCli(run, neverAsked);
  const scope = { projectDirectory: '/shop', files: [] };
  await compose.up(scope, SERVICES);
  await compose.build(scope, SERVICES, { log: '' });
  await compose.create(scope, SERVICES);
  await compose.startOnce(scope, '-x', 'name');
  for (const args of calls) {
    const [first = 0] = SERVICES.map((name) => args.indexOf(name)).filter((at) => at >= 0);
    expect(args[first - 1]).toBe('--');
  }
  expect(calls).toHaveLength(4);
});
