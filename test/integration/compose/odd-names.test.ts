import { expect, test } from 'vitest';
import { cloneableService } from '../../../src/compose/slice.ts';
import { loadProject } from '../../../src/project/load.ts';
import { composeCli } from '../../../src/system/docker/compose.ts';
import type { RunProcess } from '../../../src/system/process.ts';
import { canary } from '../../support/fixture-cli.ts';
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
  await compose.createMore(scope, Object.fromEntries(SERVICES.map((name) => [name, 2])));
  await compose.startOnce(scope, '-x', 'name');
  for (const args of calls) {
    const [first = 0] = SERVICES.map((name) => args.indexOf(name)).filter((at) => at >= 0);
    expect(args[first - 1]).toBe('--');
  }
  expect(calls).toHaveLength(5);
});

/** Names that every object has, each with one that has nothing of the kind and sorts alike. */
const LIKE: Readonly<Record<string, string>> = Object.fromEntries([
  ['__proto__', '__plain__'],
  ['constructor', 'constructox'],
  ['hasOwnProperty', 'hasOwnPropertx'],
  ['toString', 'toStrinx'],
  ['valueOf', 'valueOx'],
]);
const STACK = `name: shop
services:
  web:
    image: example/web
    ports: ["3000:80"]
    depends_on: [constructor, toString, valueOf]
    environment: { API: "http://constructor:80", DATABASE_URL: "postgres://valueOf:5432/shop", toString: "1" }
    labels: { constructor: "1" }
  constructor: { image: example/api, links: [valueOf], expose: ["80"] }
  __proto__: { image: redis, volumes: ["constructor:/data"] }
  toString: { image: nginx, ports: ["8080:80"], environment: { UPSTREAM: "http://web:80" } }
  hasOwnProperty: { image: example/web, command: [worker], volumes: ["valueOf:/files"], depends_on: [__proto__] }
  valueOf: { image: "postgres:17", volumes: ["toString:/var/lib/postgresql/data"], networks: [default, constructor] }
volumes: { valueOf: {}, toString: {}, constructor: {} }
networks: { constructor: {} }
`;
const CANARY = 'version: 1\nservices: { web: { entry: 3000 } }\nroles: { web: app }\n';

test.each([
  ['init', '--yes', '--no-commit', '--json'],
  ['init', '--role', 'web=app', '--yes', '--no-commit', '--json'],
  ['map', '--json'],
  ['map', '--format', 'mermaid'],
  ['render'],
  ['render', '--branch', 'main'],
])('%s %s %s: a stack with such names is treated as any other', async (...argv) => {
  const files = (text: string) => ({
    'docker-compose.yml': text,
    ...(argv[0] === 'init' ? {} : { 'canary.yaml': CANARY }),
  });
  const outcome = async (words: (text: string) => string) => {
    const folder = await repository(files(words(STACK)));
    return canary(folder, argv.map(words));
  };
  const plainly = (text: string) =>
    Object.entries(LIKE).reduce((done, [odd, plain]) => done.replaceAll(odd, plain), text);
  const { stdout, stderr, exitCode } = await outcome((text) => text);
  const commits = (text: string) => plainly(text).replace(/\b[0-9a-f]{12,40}(?=\b|DIR)/g, 'COMMIT');
  const expected = await outcome(plainly);
  expect({ exitCode, stdout: commits(stdout), stderr: commits(stderr) }).toEqual({
    exitCode: expected.exitCode,
    stdout: commits(expected.stdout),
    stderr: commits(expected.stderr),
  });
});
