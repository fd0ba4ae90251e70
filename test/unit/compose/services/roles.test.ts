import { expect, test } from 'vitest';
import type { ComposeService } from '../../../../src/compose/model/model.ts';
import { namespaceMembers, namespaceOwner } from '../../../../src/compose/model/namespaces.ts';
import { hazardsOf, roleObstacle, roleOf } from '../../../../src/compose/services/roles.ts';
import { modelOf } from '../../../support/fixture-model.ts';

const role = (name: string, service: ComposeService, files?: string) =>
  roleOf(modelOf({ [name]: service }), name, files ? [{ path: 'Dockerfile', text: files }] : [])
    .role;
const run = (...command: string[]): ComposeService => ({ build: {}, command });
const ports = [{ target: 80, published: '80' }];

test.each([
  ['celery -A shop worker', 'worker'],
  ['bundle exec sidekiq -C config/sidekiq.yml', 'worker'],
  ['php artisan queue:work --tries=3', 'worker'],
  ['./bin/docker-entrypoint-worker.sh', 'worker'],
  ['celery -A shop beat', 'scheduler'],
  ['php artisan schedule:work', 'scheduler'],
  ['sudo crond -f', 'scheduler'],
  ['airflow scheduler', 'scheduler'],
  ['gunicorn shop --worker-class gevent', 'app'],
  ['python manage.py migrate && gunicorn shop', 'app'],
  ['node server.js', 'app'],
])('%s is a %s, even with the ports of a web service', (command, expected) => {
  expect(role('it', run(...command.split(' ')))).toBe(expected);
  expect(role('it', { ...run(...command.split(' ')), ports })).toBe(expected);
});

test('a name marks a worker or scheduler only if no user reaches it', () => {
  expect(role('api-worker', { build: {} })).toBe('worker');
  expect(role('laravel.cron', { build: {} })).toBe('scheduler');
  expect(role('consumer-service', { build: {}, ports })).toBe('app');
});

test.each<[string, ComposeService, string]>([
  ['migrate', { build: {} }, 'job'],
  ['migrate', { build: {}, restart: 'always' }, 'app'],
  ['app', run('sh', '-c', 'npx prisma migrate deploy'), 'job'],
  ['data', { image: 'acme/data', command: ['/bin/true'] }, 'job'],
  ['buckets', { image: 'minio/mc' }, 'job'],
  ['loader', { build: {}, ports }, 'app'],
])('%s %j is a %s', (name, service, expected) => {
  expect(role(name, service)).toBe(expected);
});

test('a service whose end another waits for runs once, whatever it is called', () => {
  const depends_on = { assets: { condition: 'service_completed_successfully' } };
  const model = modelOf({ assets: { build: {}, restart: 'always' }, web: { depends_on } });
  expect(roleOf(model, 'assets').why).toBe('runs once (`web` waits until it has ended)');
  expect(roleObstacle(model, 'assets')?.hint).toContain('database: { migrate:');
  expect(roleObstacle(model, 'web')).toBeUndefined();
});

test.each([
  ...['mailhog/mailhog', 'axllent/mailpit', 'phpmyadmin', 'dpage/pgadmin4', 'adminer:4'],
  ...[
    'openzipkin/zipkin',
    'grafana/grafana',
    'prom/node-exporter',
    'selenium/hub',
    'bitnami/pgbouncer',
  ],
])('%s is for the team, not for users', (image) => {
  expect(role('it', { image })).toBe('companion');
});

test('a service built on such a program, or named like one, is one too', () => {
  expect(role('charts', { build: {} }, 'FROM grafana/grafana:11')).toBe('companion');
  expect(role('grafana-server', { build: {} })).toBe('companion');
  expect(role('console', { build: {} })).toBe('app');
});

test.each([
  'containrrr/watchtower',
  'willfarrell/autoheal:1',
  'mcuadros/ofelia',
  'portainer/portainer-ce',
])('%s controls containers, and is rejected', (image) => {
  const model = modelOf({ it: { image } });
  expect(roleOf(model, 'it').role).toBe('agent');
  expect(roleObstacle(model, 'it')?.reason).toContain('two of them would do everything twice');
});

test('SQLite on a volume is reported, by image or setting; without a volume nothing is shared', () => {
  const volumes = [{ type: 'volume', source: 'data', target: '/data' }];
  const hazards = (service: ComposeService) => hazardsOf(modelOf({ it: service }), 'it');
  expect(hazards({ image: 'vaultwarden/server', volumes })).toHaveLength(1);
  expect(hazards({ build: {}, volumes, environment: { DB: 'sqlite:///data/x.db' } })[0]).toBe(
    '`it` keeps an SQLite database (environment DB), and its canary writes to the same file in /data.',
  );
  expect(hazards({ image: 'vaultwarden/server' })).toEqual([]);
});

test.each<[ComposeService, string | undefined]>([
  [{ network_mode: 'service:app' }, 'app'],
  [{ network_mode: 'container:the-app' }, 'app'],
  [{ network_mode: 'container:shop-db-1' }, 'db'],
  [{ ipc: 'service:app' }, 'app'],
  [{ pid: 'service:db' }, 'db'],
  [{ network_mode: 'host', pid: 'host' }, undefined],
  [{ network_mode: 'container:elsewhere' }, undefined],
  [{ ipc: 'shareable' }, undefined],
])('%j joins %s', (service, expected) => {
  const model = modelOf({ app: { container_name: 'the-app' }, db: {}, service });
  expect(namespaceOwner(service, model)).toBe(expected);
  if (expected) expect(namespaceMembers(expected, model)).toEqual(['service']);
});
