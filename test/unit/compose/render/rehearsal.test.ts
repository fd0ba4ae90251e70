import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import {
  type PathKind,
  throwAwayVolumes,
  volumeName,
} from '../../../../src/compose/clone/throw-away.ts';
import type { ComposeModel } from '../../../../src/compose/model/model.ts';
import { type Participants, renderRehearsal } from '../../../../src/compose/render/rehearsal.ts';

const MODEL: ComposeModel = {
  name: 'shop',
  services: {
    db: {
      image: 'postgres:17',
      container_name: 'shop-db',
      hostname: 'pg',
      networks: { back: { aliases: ['postgres'] } },
    },
    web: { links: ['db:database'], scale: 3 },
  },
};
const NOBODY: Participants = {
  databases: [],
  companions: [],
  migrations: [],
  canaries: [],
  before: [],
};
const FILES = ['docker-compose.yml', 'override.yml'];

/** Every service of the file, with its documents merged as Compose merges them. */
function servicesOf(participants: Partial<Participants>) {
  const text = renderRehearsal({ ...NOBODY, ...participants }, MODEL);
  const documents = parseAllDocuments(text, { logLevel: 'silent' }).map((each) => each.toJS());
  const services: Record<string, Record<string, unknown>> = {};
  for (const each of documents)
    for (const [name, fields] of Object.entries(each.services ?? {}))
      services[name] = { ...services[name], ...(fields as object) };
  return { text, services, last: documents.at(-1) };
}

describe('the compose file of a rehearsal', () => {
  const db = {
    service: 'db',
    files: FILES,
    definition: MODEL.services.db ?? {},
    image: 'sha256:1',
  };
  const web = {
    service: 'web',
    files: FILES,
    definition: MODEL.services.web ?? {},
    image: 'web:1',
  };

  it('gives a copy every name of the original, on a network without a way out', () => {
    const volumes = [{ type: 'volume', source: 'canary-data', target: '/data' }];
    const { text, services, last } = servicesOf({ databases: [{ ...db, volumes }] });
    // Not beside the networks of production.
    expect(text).toMatch(/networks: !override\n +canary-rehearsal:/);
    expect(services['db-rehearsal']).toMatchObject({
      networks: {
        'canary-rehearsal': { aliases: ['db', 'shop-db', 'pg', 'postgres', 'database'] },
      },
      image: 'sha256:1',
      pull_policy: 'never',
      ports: [],
      depends_on: {},
      restart: 'no',
      privileged: false,
      volumes,
      logging: { driver: 'json-file', options: { 'max-size': '50m', 'max-file': '2' } },
    });
    expect(last.networks).toMatchObject({ 'canary-rehearsal': { internal: true } });
    expect(Object.keys(last.volumes)).toEqual(['canary-data']);
  });

  it('pulls images that the branch newly takes from a registry, and nothing that is here', () => {
    const image = 'registry.example/web:2';
    const pulled = { ...web, definition: { image }, image, volumes: [] };
    const { services } = servicesOf({ canaries: [pulled] });
    expect(services['web-rehearsal']).not.toHaveProperty('pull_policy');
    const built = { ...web, definition: { build: {} }, image: 'shop-web:canary-1', volumes: [] };
    const { services: here } = servicesOf({ canaries: [built] });
    expect(here['web-rehearsal']).toMatchObject({ pull_policy: 'never' });
  });

  it('has nobody on the network of the machine, and keeps together who shares one', () => {
    const service = (name: string, network_mode: string) => ({
      ...web,
      service: name,
      definition: { network_mode },
      volumes: [],
    });
    const { services } = servicesOf({
      companions: [service('metrics', 'host')],
      canaries: [{ ...web, volumes: [] }, service('sidecar', 'service:web')],
    });
    expect(services['metrics-rehearsal']).toMatchObject({
      network_mode: 'null',
      networks: { 'canary-rehearsal': { aliases: ['metrics'] } },
    });
    expect(services['sidecar-rehearsal']).toMatchObject({ network_mode: 'service:web-rehearsal' });
    expect(services['sidecar-rehearsal']).not.toHaveProperty('networks');
  });

  it('starts one container per service, without links to other services', () => {
    const { services } = servicesOf({
      canaries: [{ ...web, volumes: [] }],
      before: [{ ...web, volumes: [] }],
      migrations: [{ ...web, volumes: [], command: ['migrate', '$HOME'] }],
    });
    expect(services['web-rehearsal']).toMatchObject({ scale: 1, links: [], external_links: [] });
    expect(services['web-migration']).toMatchObject({ command: ['migrate', '$$HOME'] });
    expect(Object.keys(services).sort()).toEqual(['web-before', 'web-migration', 'web-rehearsal']);
  });
});

describe('the mounts of a rehearsal', () => {
  const kinds = {
    '/etc/localtime': 'file',
    '/srv/uploads': 'directory',
    '/tree/conf': 'directory',
    '/tree/device': 'other',
    '/': 'leads-out',
  };
  const mounts = (volumes: Parameters<typeof throwAwayVolumes>[0]) =>
    throwAwayVolumes(
      volumes,
      (source) => source.startsWith('/tree/'),
      (source) => (kinds as Record<string, PathKind>)[source] ?? 'missing',
    );
  const bind = (source: string, rest = {}) => ({ type: 'bind', source, target: '/x', ...rest });

  it('are empty volumes in place of data, the same for all services that share it', () => {
    const named = { type: 'volume', source: 'data', target: '/data' };
    expect(mounts([named, bind('/srv/uploads'), { type: 'volume', target: '/cache' }])).toEqual({
      volumes: [
        { type: 'volume', source: volumeName('data'), target: '/data' },
        { type: 'volume', source: volumeName('/srv/uploads'), target: '/x' },
        { type: 'volume', target: '/cache' },
      ],
      replaced: [
        { name: 'data', target: '/data' },
        { name: '/srv/uploads', target: '/x' },
      ],
      withheld: [],
    });
    expect(volumeName('a/b')).not.toBe(volumeName('a-b'));
    expect(volumeName('a_2f_b')).not.toBe(volumeName('a/b'));
  });

  it('are told where they would lead out', () => {
    const found = mounts([
      bind('/', { target: '/host', read_only: true }),
      bind('/tree/device', { target: '/device' }),
      bind('/run/x', { target: '/run/x' }),
    ]);
    expect(found.volumes).toEqual([{ type: 'volume', target: '/host' }]);
    expect(found.withheld).toEqual(['/host', '/device', '/run/x']);
  });

  it("are the branch's files as they are, the machine's read-only, and never a way out", () => {
    expect(
      mounts([
        bind('/tree/conf'),
        bind('/etc/localtime'),
        bind('/srv/uploads', { read_only: true }),
        bind('/var/run/docker.sock'),
        bind('/run', { read_only: true }),
        { type: 'tmpfs', target: '/tmp' },
        { type: 'npipe', source: 'x', target: '/y' },
      ]).volumes,
    ).toEqual([
      bind('/tree/conf'),
      bind('/etc/localtime', { read_only: true }),
      bind('/srv/uploads', { read_only: true }),
      { type: 'tmpfs', target: '/tmp' },
    ]);
  });
});
