import { describe, expect, test } from 'vitest';
import { chooseLikely, chooseNamed } from '../../../../src/compose/choose/choose.ts';
import { configText } from '../../../../src/compose/choose/config-text.ts';
import { readStack } from '../../../../src/compose/choose/stack.ts';
import type { ComposeModel } from '../../../../src/compose/model/model.ts';
import { modelOf } from '../../../support/fixture-model.ts';
import { refusal } from '../../../support/fixture-refusal.ts';

const web = (published: string, target = 80) => ({
  ports: [{ target, published, protocol: 'tcp' }],
});
const startsAfter = (...names: string[]) => ({
  depends_on: Object.fromEntries(names.map((name) => [name, { condition: 'service_started' }])),
});
const named = (services: ComposeModel['services'], ...names: string[]) =>
  chooseNamed(readStack(modelOf(services)), names).services;
const whys = (services: ComposeModel['services'], ...names: string[]) =>
  named(services, ...names).map(({ service, why }) => `${service}: ${why}`);

describe('a choice that no user reaches', () => {
  test('gets its callers, up to one that users reach, each with a reason', () => {
    const services = {
      shop: { build: {}, ...web('3000'), environment: { API: 'http://api:1' } },
      api: { build: {}, environment: { PRICES: 'http://prices:2' } },
      prices: { build: {} },
    };
    expect(whys(services, 'prices')).toEqual([
      'prices: internal: it publishes no port',
      'shop: added: users reach `prices` through it; users reach it on port 3000; the canary alone answers on 13000',
      'api: added: it is between users and `prices` (environment PRICES)',
    ]);
  });

  test('prefers settings to the start order, and never goes through a database', () => {
    const services = {
      admin: { ...web('3001'), ...startsAfter('prices') },
      shop: { ...web('3000'), environment: { PRICES: 'http://prices:2' } },
      db: { image: 'postgres:17', ...web('5432', 5432), environment: { P: 'prices' } },
      prices: { build: {} },
    };
    expect(named(services, 'prices').map(({ service }) => service)).toEqual(['prices', 'shop']);
  });

  test('otherwise uses the start order, or the only published service', () => {
    const open = { image: 'acme/router', ...web('80') };
    expect(whys({ router: { ...open, ...startsAfter('api') }, api: {} }, 'api')[1]).toContain(
      'added: users reach `api` through it (depends_on)',
    );
    expect(whys({ router: open, api: {} }, 'api')[1]).toContain(
      'added: nothing says who calls `api`, and users can only come through this one',
    );
  });

  test('is rejected, with what was tried, if nothing is published', async () => {
    const error = await refusal(() => named({ api: { ports: [{ target: 80 }] }, shop: {} }, 'api'));
    expect(error.code).toBe('service-unreachable');
    expect(error.details[0]).toBe('its own ports: the engine picks its port of the host');
  });

  test('needs nothing more if another chosen service leads to it', () => {
    const services = {
      shop: { ...web('3000'), environment: { API: 'http://api:1' } },
      other: { ...web('3001'), environment: { API: 'http://api:1' } },
      api: {},
    };
    expect(named(services, 'api', 'shop')).toHaveLength(2);
  });
});

test('a worker alone adds the user-facing service that runs the same code', () => {
  const services = {
    docs: { image: 'acme/docs', ...web('4000') },
    web: { image: 'acme/shop', ...web('3000') },
    jobs: { image: 'acme/shop', command: ['sidekiq'] },
  };
  expect(whys(services, 'jobs')).toEqual([
    "jobs: internal: it takes jobs from a queue, beside the stable's",
    'web: added: users reach it, and it runs the code of `jobs`; users reach it on port 3000; the canary alone answers on 13000',
  ]);
});

describe('services that share a namespace', () => {
  const services = {
    app: { build: {}, ...web('3000') },
    sidecar: { image: 'acme/mesh', network_mode: 'service:app' },
    queue: { build: {}, command: ['sidekiq'], network_mode: 'service:app' },
  };

  test('are chosen together, either way, except for background workers', () => {
    expect(whys(services, 'app')[1]).toBe(
      'sidecar: added: `sidecar` shares the namespaces of `app`',
    );
    expect(named(services, 'sidecar').map(({ service }) => service)).toEqual(['sidecar', 'app']);
  });

  test('are rejected with a database', async () => {
    const db = { image: 'postgres:17' };
    const error = await refusal(() => named({ db, app: { network_mode: 'service:db' } }, 'app'));
    expect(error.code).toBe('service-stateful');
  });
});

describe('ports', () => {
  const ports = (...pairs: [published: string, target: number, protocol?: string][]) => ({
    ports: pairs.map(([published, target, protocol = 'tcp']) => ({ published, target, protocol })),
  });

  test.each([
    ['plain HTTP before TLS', ports(['443', 443], ['80', 80]), '{ entry: 80, preview: 10080 }'],
    ['HTTP before mail', ports(['25', 25], ['3000', 3000]), '{ entry: 3000, preview: 13000 }'],
    ['TLS alone', ports(['8443', 443]), '{ entry: 8443, protocol: tls, preview: 18443 }'],
    ['bytes alone', ports(['1883', 1883]), '{ entry: 1883, protocol: tcp, preview: 11883 }'],
    ['gRPC', ports(['50051', 50_051]), '{ entry: 50051, protocol: http2, preview: 60051 }'],
    ['no UDP', ports(['53', 80, 'udp'], ['8053', 80]), '{ entry: 8053, preview: 18053 }'],
    ['no range', ports(['8000-8010', 80], ['90', 81]), '{ entry: 90, preview: 10090 }'],
  ])('%s', (_, service, expected) => {
    expect(configText(named({ app: service }, 'app'), 'main')).toContain(`  app: ${expected}\n`);
  });

  test('the healthcheck decides between several', () => {
    const service = {
      ...ports(['3000', 3000], ['9000', 9000]),
      healthcheck: { test: ['CMD', 'curl', 'http://localhost:9000/up'] },
    };
    expect(named({ app: service }, 'app')[0]?.entry).toBe(9000);
  });

  test('a host port is used once: by the user-facing service, else by the first by name', () => {
    const copies = { b: ports(['80', 80]), a: ports(['80', 80]) };
    const worker = { ...ports(['80', 80]), command: ['php', 'artisan', 'queue:work'] };
    const entries = named({ ...copies, '0': worker }, 'b', 'a', '0').map(({ entry }) => entry);
    expect(entries).toEqual([undefined, 80, undefined]);
  });

  test('a preview port is free in the whole stack, ranges included', () => {
    const services = { app: ports(['80', 80]), other: ports(['10080-10090', 80]) };
    expect(named(services, 'app')[0]?.preview).toBe(10_091);
  });
});

describe('without a question', () => {
  const likely = (services: ComposeModel['services']) => chooseLikely(readStack(modelOf(services)));
  const names = (services: ComposeModel['services']) =>
    likely(services)?.services.map(({ service }) => service);

  test('user-facing services that are built here are chosen; workers and jobs are left out and named', () => {
    const choice = likely({
      web: {
        build: {},
        ...web('3000'),
        depends_on: { init: { condition: 'service_completed_successfully' } },
      },
      init: { build: {} },
      celery: { build: {}, command: ['celery', '-A', 'shop', 'worker'] },
      beat: { build: {}, command: ['celery', '-A', 'shop', 'beat'] },
      mailhog: { image: 'mailhog/mailhog', ...web('8025') },
      db: { image: 'postgres:17' },
    });
    expect(choice?.services.map(({ service }) => service)).toEqual(['web']);
    expect(choice?.left).toEqual([
      { service: 'beat', why: 'starts jobs by the clock; not in the canary unless you choose it' },
      { service: 'celery', why: 'takes jobs from a queue; not in the canary unless you choose it' },
    ]);
  });

  test('user-facing services are chosen if none is built here', () => {
    const services = {
      blog: { image: 'acme/blog', ...web('80') },
      adminer: { image: 'adminer', ...web('8080') },
      helper: { image: 'acme/helper' },
    };
    expect(names(services)).toEqual(['blog']);
  });

  test('a service that a router finds by labels is left out, and the others are chosen', () => {
    const traefik = { image: 'traefik:v3', ...web('80') };
    const labelled = { build: {}, labels: { 'traefik.enable': 'true' } };
    const choice = likely({ traefik, labelled, shop: { build: {}, ...web('3000') } });
    expect(choice?.services.map(({ service }) => service)).toEqual(['shop']);
    expect(choice?.left[0]?.why).toBe(
      'users reach it only by its label `traefik.enable`; left to the stable',
    );
    expect(likely({ traefik, labelled })).toBeUndefined();
  });

  test('a service without a known caller is left out, unless it listens', () => {
    const services = { shop: { build: {}, ...web('3000') }, lost: { build: {} } };
    expect(names(services)).toEqual(['shop']);
    expect(names({ ...services, lost: { build: {}, expose: ['80'] } })).toEqual(['lost', 'shop']);
  });

  test('a database in a file is reported', () => {
    const volumes = [{ type: 'volume', source: 'data', target: '/data' }];
    const choice = likely({ app: { image: 'gitea/gitea:1', ...web('3000'), volumes } });
    expect(choice?.warnings[0]).toContain('`app` keeps an SQLite database');
  });
});
