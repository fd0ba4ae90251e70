import { expect, it } from 'vitest';
import type { ComposeModel } from '../../../src/compose/model/model.ts';
import { findCalls } from '../../../src/compose/services/service-map.ts';
import { sharedData, sharedText } from '../../../src/database/shared.ts';

const model = (web: object, rest: object = {}): ComposeModel => ({
  name: 'shop',
  services: {
    web: { build: {}, networks: { default: null }, ...web },
    db: { image: 'postgres:17', networks: { default: null } },
    reports: { image: 'mariadb:11', networks: { default: null } },
    far: { image: 'postgres:17', networks: { back: null } },
    queue: { image: 'rabbitmq:4', networks: { default: null } },
    ...rest,
  },
});
const shared = (web: object, wanted?: string[]) => {
  const given = model(web);
  const { databases, unrehearsed } = sharedData(given, ['web'], findCalls(given), wanted);
  return [
    ...databases.map(({ service }) => service),
    ...unrehearsed.map(({ service }) => `?${service}`),
  ];
};

it('only the databases that a chosen service names are rehearsed', () => {
  expect(shared({ environment: { DATABASE_URL: 'postgres://app@db:5432/shop' } })).toEqual(['db']);
  expect(shared({ depends_on: { reports: { condition: 'service_started' } } })).toEqual([
    'reports',
  ]);
});

it('if none is named, all reachable ones are, because code may contain names that canary cannot see', () => {
  expect(shared({})).toEqual(['db', 'reports']);
});

it('canary.yaml can name them', () => {
  expect(shared({ environment: { DB: 'db' } }, ['far'])).toEqual(['far']);
});

it('a named service that cannot be rehearsed is reported with the consequence', () => {
  expect(shared({ environment: { DB: 'db', QUEUE: 'amqp://queue' } })).toEqual(['db', '?queue']);
  expect(sharedText({ service: 'queue', kind: 'RabbitMQ', isQueue: true })).toBe(
    'The canary shares `queue` (RabbitMQ) with the stable: workers of the canary take work from the same queues. It cannot be rehearsed.',
  );
  expect(sharedText({ service: 'docs', kind: 'MongoDB', isQueue: false })).toBe(
    'The canary shares `docs` (MongoDB) with the stable. It cannot be rehearsed.',
  );
});
