import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { knownCalls } from '../../../src/project/configuration-files.ts';
import { init } from '../../../src/workflows/init.ts';
import { map } from '../../../src/workflows/map.ts';
import { contextIn } from '../../support/fixture-context.ts';
import { resolved, serviceOf } from '../../support/fixture-override.ts';
import { branch, repository, SHOP_FILES } from '../../support/fixture-project.ts';

const COMPOSE = `name: shop
services:
  nginx:
    image: registry.example/mirror/nginx:1.27
    ports: ["8080:80"]
    volumes: ["./nginx:/etc/nginx/conf.d:ro"]
    links: ["frontend:app"]
  frontend:
    build: ./frontend
    environment: { DISCOUNTS_URL: "http://discounts:5001" }
    networks: { default: { aliases: [shop.internal] } }
  worker: { image: busybox, environment: { API: "discounts:5001", TOKEN: "5$$" }, links: [db] }
  discounts:
    build: ./discounts
    expose: ["5001"]
  db: { image: postgres:17 }
`;
const NGINX = `# server old:1;
upstream shop { server app:3000; server frontend:3000 backup; }
server { listen 80; location / { proxy_pass http://shop; proxy_set_header Host $host; } }
`;
const CANARY = `version: 1
services:
  frontend: { behind: nginx, port: 3000, preview: 18080 }
  discounts: { mesh: true }
`;
const FILES = { ...SHOP_FILES, 'docker-compose.yml': COMPOSE, 'nginx/default.conf': NGINX };
const STABLE = ['nginx', 'frontend', 'worker', 'discounts', 'db'];

const without = (keys: string[], service: object) =>
  Object.fromEntries(Object.entries(service).filter(([key]) => !keys.includes(key)));

test('with the override, callers have links, and nothing else of the stable changes', async () => {
  const folder = await repository({ ...FILES, 'canary.yaml': CANARY });
  await branch(folder, 'cheaper', { 'discounts/Dockerfile': 'FROM scratch\n# cheaper\n' });
  const { before, after } = await resolved(folder, 'cheaper');
  for (const name of STABLE) {
    const keys = ['external_links', ...(name === 'nginx' ? ['links'] : [])];
    expect(without(keys, serviceOf(after, name))).toEqual(
      without(keys, serviceOf(await before(), name)),
    );
  }
  const links = Object.fromEntries(
    STABLE.map((name) => [
      name,
      (serviceOf(after, name) as { external_links?: string[] }).external_links,
    ]),
  );
  expect(links).toEqual({
    nginx: ['canary-proxy:frontend', 'canary-proxy:shop.internal', 'canary-proxy:app'],
    frontend: ['canary-proxy:discounts'],
    worker: ['canary-proxy:discounts'],
    discounts: undefined,
    db: undefined,
  });
  expect(serviceOf(after, 'nginx').links ?? []).toEqual([]);
  expect(
    serviceOf(after, 'canary-proxy').ports?.map((port) => [port.published, port.target]),
  ).toEqual([['18080', 18_080]]);
  // The clones call each other as before.
  expect(serviceOf(after, 'frontend-canary')).toMatchObject({
    external_links: ['discounts-canary:discounts'],
  });
});

test('callers are found by the configuration that they mount', async () => {
  const folder = await repository({ ...FILES, 'canary.yaml': CANARY });
  const context = contextIn(folder);
  const { before } = await resolved(folder);
  const calls = await knownCalls(await before());
  expect(calls.find(({ from, to }) => from === 'nginx' && to === 'frontend')?.because).toBe(
    'links',
  );
  expect((await map(context)).services.find(({ name }) => name === 'frontend')).toEqual({
    name: 'frontend',
    role: 'entry',
    note: 'users reach it through nginx',
    behind: ['nginx'],
  });
});

test.each([
  ['a mounted folder', COMPOSE.replace('    links: ["frontend:app"]\n', ''), 'default.conf'],
  [
    'an inline config',
    COMPOSE.replace('    links: ["frontend:app"]\n', '').replace(
      'volumes: ["./nginx:/etc/nginx/conf.d:ro"]',
      'configs: [{ source: site, target: /etc/nginx/conf.d/default.conf }]',
    ) +
      'configs: { site: { content: "server { location / { proxy_pass http://frontend:3000; } }" } }\n',
    'a config',
  ],
  [
    'an image built on it',
    COMPOSE.replace('    links: ["frontend:app"]\n', '')
      .replace('image: registry.example/mirror/nginx:1.27', 'build: ./nginx')
      .replace('    volumes: ["./nginx:/etc/nginx/conf.d:ro"]\n', ''),
    'default.conf',
  ],
])('init finds the edge by %s and writes the same file every time', async (_, compose, because) => {
  const folder = await repository({
    ...FILES,
    'docker-compose.yml': compose,
    'nginx/Dockerfile': 'FROM nginx:1.27\nCOPY default.conf /etc/nginx/conf.d/\n',
  });
  await rm(join(folder, 'canary.yaml'));
  const choose = { services: [], yes: true, commit: false };
  const { services } = await init(contextIn(folder), choose);
  const text = await readFile(join(folder, 'canary.yaml'), 'utf8');
  expect(text).toContain('  frontend: { behind: nginx, port: 3000, preview: 18080 }\n');
  expect(text).toContain('  discounts: {}\n');
  expect(text).not.toContain('  nginx:');
  expect(services.find(({ service }) => service === 'frontend')?.why).toBe(
    `users reach it through nginx (${because}); the canary alone answers on 18080`,
  );
});
