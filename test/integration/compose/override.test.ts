import { describe, expect, test } from 'vitest';
import { resolved, serviceOf, stableWithoutPorts } from '../../support/fixture-override.ts';
import { branch, git, repository, SHOP_FILES } from '../../support/fixture-project.ts';

/** A realistic project: names, aliases, addresses, links, several ports, secrets. */
const RICH = `name: shop
services:
  frontend:
    build: { context: ./frontend, args: { TOKEN: "\${BUILD_TOKEN:-none}" } }
    container_name: the-frontend
    hostname: shop
    ports: ["127.0.0.1:3000:80", "9090:9090"]
    environment: [DISCOUNTS_URL=http://discounts:5001, "PRICE=5$$", EMPTY=]
    networks:
      front: { aliases: [shop] }
      back: { ipv4_address: 10.99.0.5 }
    depends_on: { discounts: { condition: service_started, restart: true }, debug: { condition: service_started, required: false } }
    healthcheck: { test: [CMD, "true"], interval: 1s }
    logging: { driver: json-file }
  discounts:
    build: ./discounts
    expose: ["5001"]
    deploy: { replicas: 2 }
    environment: { DB_PASSWORD: "\${DB_PASSWORD:-hunter2}" }
    networks: [back]
    volumes: ["uploads:/uploads"]
    links: ["db:database"]
  debug: { image: busybox, profiles: [debug], networks: [back] }
  db:
    image: postgres:17
    networks: [back]
networks:
  front:
  back: { ipam: { config: [{ subnet: 10.99.0.0/24 }] } }
volumes: { uploads: }
`;

const rich = () => repository({ ...SHOP_FILES, 'docker-compose.yml': RICH });
const STABLE = ['frontend', 'discounts', 'db'];

describe('with the override, Compose resolves', () => {
  test('every stable service as before, except the entry’s port', async () => {
    const folder = await rich();
    await branch(folder, 'cheaper', { 'discounts/Dockerfile': 'FROM scratch\n# cheaper\n' });
    const { before: ask, after } = await resolved(folder, 'cheaper');
    const before = await ask();
    expect(stableWithoutPorts(after, STABLE)).toEqual(stableWithoutPorts(before, STABLE));
    expect(serviceOf(before, 'frontend').ports?.map((port) => port.published)).toEqual([
      '3000',
      '9090',
    ]);
    expect(serviceOf(after, 'frontend').ports?.map((port) => port.published)).toEqual(['9090']);
    expect(Object.keys(after.services).sort()).toEqual(
      [...STABLE, 'canary-proxy', 'discounts-canary', 'frontend-canary'].sort(),
    );
    expect(after.networks).toEqual(before.networks);
    expect(after.volumes).toEqual(before.volumes);
  });

  test('a clone without any name, port or address of the stable', async () => {
    const folder = await rich();
    await branch(folder, 'cheaper', {});
    const clone = serviceOf((await resolved(folder, 'cheaper')).after, 'frontend-canary');
    expect(clone).toMatchObject({
      environment: { DISCOUNTS_URL: 'http://discounts:5001', EMPTY: '' },
      healthcheck: { interval: '1s' },
      logging: { driver: 'json-file' },
      external_links: ['discounts-canary:discounts'],
    });
    expect(clone.container_name).toBeUndefined();
    expect(clone.hostname).toBeUndefined();
    expect(clone.ports ?? []).toEqual([]);
    expect(Object.values(clone.networks ?? {})).toEqual([{}, {}].map(() => expect.anything()));
    expect(JSON.stringify(clone.networks)).not.toMatch(/alias|10\.99/);
  });

  test('the branch’s number of replicas, its build context and the shared volume', async () => {
    const folder = await rich();
    const commit = await branch(folder, 'cheaper', { 'discounts/Dockerfile': 'FROM scratch\n#\n' });
    const clone = serviceOf((await resolved(folder, 'cheaper')).after, 'discounts-canary');
    expect(clone.deploy?.replicas).toBe(2);
    expect(clone.image).toBe(`shop-discounts:canary-${commit.slice(0, 12)}`);
    expect(clone.build?.context).toBe(
      `${folder}/.canary/worktrees/${commit.slice(0, 12)}${folder}/discounts`,
    );
    expect(clone.volumes).toMatchObject([{ type: 'volume', source: 'uploads' }]);
    expect(clone.links).toEqual(['db:database']);
  });

  test('what the branch defines, and the stable unchanged', async () => {
    const folder = await rich();
    await branch(folder, 'cheaper', {
      'docker-compose.yml': RICH.replace('EMPTY=', 'EMPTY=full'),
    });
    const { before, after } = await resolved(folder, 'cheaper');
    expect(serviceOf(after, 'frontend-canary').environment).toMatchObject({ EMPTY: 'full' });
    expect(stableWithoutPorts(after, STABLE)).toEqual(stableWithoutPorts(await before(), STABLE));
  });
});

describe('render', () => {
  test('prints only the proxy without a branch, and works with Compose', async () => {
    const { before, after, text } = await resolved(await rich());
    expect(Object.keys(after.services).sort()).toEqual([...STABLE, 'canary-proxy'].sort());
    expect(serviceOf(after, 'canary-proxy').ports).toMatchObject([
      { target: 3000, published: '3000', host_ip: '127.0.0.1' },
      { target: 13_000, published: '13000', host_ip: '127.0.0.1' },
    ]);
    expect(stableWithoutPorts(after, STABLE)).toEqual(stableWithoutPorts(await before(), STABLE));
    expect(text).not.toContain('hunter2');
  });

  test('keeps variables unexpanded, so that it prints no value of `.env` (promise 9)', async () => {
    const folder = await repository({
      ...SHOP_FILES,
      'docker-compose.yml': RICH,
      '.env': 'DB_PASSWORD=s3cret\nBUILD_TOKEN=t0ken\n',
      '.gitignore': '.env\n',
    });
    await branch(folder, 'cheaper', {});
    const { after, text } = await resolved(folder, 'cheaper');
    expect(serviceOf(after, 'discounts-canary')).toMatchObject({
      environment: { DB_PASSWORD: 's3cret' },
    });
    expect(text).not.toMatch(/s3cret|t0ken|hunter2/);
  });

  test('moves no branch and leaves tree, index and HEAD alone', async () => {
    const folder = await rich();
    await branch(folder, 'cheaper', {});
    const state = () =>
      Promise.all([
        git(folder, 'for-each-ref'),
        git(folder, 'symbolic-ref', 'HEAD'),
        git(folder, 'ls-files', '--stage'),
        git(folder, 'diff'),
      ]);
    const before = await state();
    await resolved(folder, 'cheaper');
    expect(await state()).toEqual(before);
  });
});
