import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { render } from '../../../src/workflows/render.ts';
import { contextIn } from '../../support/fixture-context.ts';
import { branch, type Files, repository, SHOP_FILES } from '../../support/fixture-project.ts';
import { oldestCompose } from '../../support/oldest-compose.ts';

const RICH = `name: shop
x-base: &base { restart: always, logging: { driver: json-file } }
services:
  frontend:
    <<: *base
    build: { context: ./frontend, tags: [shop/frontend:1] }
    container_name: the-frontend
    hostname: shop
    ports: ["3000:80", "9000-9002:90-92/udp"]
    networks: { front: { aliases: [shop] }, back: { ipv4_address: 10.99.0.5 } }
    environment: { DISCOUNTS_URL: "http://discounts:5001", PRICE: "5$$" }
    depends_on: { discounts: { condition: service_healthy } }
    links: ["discounts:cheap"]
    secrets: [key]
    configs: [{ source: site, target: /etc/site }]
  discounts:
    <<: *base
    build: ./discounts
    expose: ["5001"]
    networks: [back]
    volumes: ["files:/files", /cache]
    healthcheck: { test: [CMD, "true"] }
    deploy: { replicas: 2, resources: { limits: { memory: 50M } } }
    depends_on: [db]
  db: { image: postgres:17, networks: [back] }
networks:
  front:
  back: { ipam: { config: [{ subnet: 10.99.0.0/24 }] } }
volumes: { files: }
secrets: { key: { file: ./key.txt } }
configs: { site: { content: "server $$host" } }
`;
const OVER = 'services:\n  discounts: { environment: { STAGE: prod } }\n';
const DOORS = `version: 1
services:
  frontend: { entry: 3000, preview: 13000 }
  discounts: { mesh: true }
`;

test.each<[string, Files]>([
  ['a shop', {}],
  ['everything at once', { 'docker-compose.yml': RICH, 'key.txt': 'x' }],
  [
    'callers that are led to the proxy',
    { 'docker-compose.yml': RICH, 'key.txt': 'x', 'canary.yaml': DOORS },
  ],
  [
    'several files',
    { 'docker-compose.yml': RICH, 'key.txt': 'x', 'docker-compose.override.yml': OVER },
  ],
])('the oldest available Compose makes the same clones: %s', async (_, files) => {
  const folder = await repository({ ...SHOP_FILES, ...files });
  await branch(folder, 'cheaper', {});
  const context = contextIn(folder);
  const text = await render(context, 'cheaper');
  const path = join(folder, 'rendered.yml');
  await writeFile(path, text);
  const own = ['docker-compose.yml', 'docker-compose.override.yml'].filter(
    (name) => name in { ...SHOP_FILES, ...files },
  );
  const scope = {
    projectDirectory: folder,
    files: [...own.map((name) => join(folder, name)), path],
  };
  const oldest = oldestCompose() ?? context.compose;
  const [one, other] = await Promise.all([oldest.model(scope), context.compose.model(scope)]);
  expect(Object.keys(one.services).sort()).toEqual(Object.keys(other.services).sort());
  for (const [name, service] of Object.entries(one.services)) {
    const { ports, networks, volumes, environment, links, container_name } = service;
    expect({ name, ports: ports ?? [], links: links ?? [], container_name }).toEqual({
      name,
      ports: other.services[name]?.ports ?? [],
      links: other.services[name]?.links ?? [],
      container_name: other.services[name]?.container_name,
    });
    expect({ networks, environment }).toMatchObject({
      networks: other.services[name]?.networks,
      environment: other.services[name]?.environment,
    });
    expect(volumes?.map(({ target }) => target)).toEqual(
      other.services[name]?.volumes?.map(({ target }) => target),
    );
  }
});
