import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { renderRehearsal } from '../../../src/compose/render/rehearsal.ts';
import { missedFields, STATED, withoutReach } from '../../../src/compose/render/stage-fields.ts';
import { composeCli } from '../../../src/system/docker/compose.ts';
import { processRunner } from '../../../src/system/process.ts';
import { schemaFields } from '../../support/compose-schema.ts';
import { neverAsked } from '../../support/fixture-context.ts';
import { emptyFolder } from '../../support/fixture-project.ts';

/** Fields that reach outside of a container, or whose effect there is not known. */
const AWAY = [
  ...['annotations', 'blkio_config', 'cap_add', 'cgroup', 'cgroup_parent', 'cpu_rt_period'],
  ...['cpu_rt_runtime', 'credential_spec', 'device_cgroup_rules', 'devices', 'dns', 'gpus', 'ipc'],
  ...['mac_address', 'models', 'network_mode', 'oom_kill_disable', 'oom_score_adj', 'pid'],
  ...['provider', 'security_opt', 'use_api_socket', 'userns_mode', 'uts', 'volumes_from'],
];
/** Those that change nothing in a rehearsal; `extends` is not in what Compose resolves. */
const UNIMPORTANT = ['develop', 'extends', 'label_file', 'pull_refresh_after'];
/** Those that reach outside with some values. */
const DEPENDS = ['post_start', 'pre_stop', 'runtime'];
const KEPT = [
  ...['attach', 'cap_drop', 'command', 'configs', 'cpu_count', 'cpu_percent', 'cpu_period'],
  ...['cpu_quota', 'cpus', 'cpuset', 'dns_opt', 'dns_search', 'domainname', 'entrypoint'],
  ...['env_file', 'environment', 'expose', 'extra_hosts', 'group_add', 'healthcheck', 'init'],
  ...['isolation', 'mem_limit', 'mem_reservation', 'mem_swappiness', 'memswap_limit'],
  ...['pids_limit', 'platform', 'profiles', 'read_only', 'secrets', 'shm_size', 'stdin_open'],
  ...['stop_grace_period', 'stop_signal', 'storage_opt', 'sysctls', 'tmpfs', 'tty', 'ulimits'],
  ...['user', 'working_dir'],
];

describe('every field of the Compose Specification', () => {
  const isAway = (field: string) => field in withoutReach({ [field]: 'x' } as object);

  test('is understood: a new one has to be added to one of these lists', () => {
    const known = [...AWAY, ...UNIMPORTANT, ...DEPENDS, ...KEPT, ...STATED];
    expect(schemaFields().filter((field) => !known.includes(field))).toEqual([]);
  });

  test('is taken away unless it gives nothing outside of the container', () => {
    const others = [...AWAY, ...UNIMPORTANT, ...DEPENDS];
    expect(schemaFields().filter((field) => isAway(field) !== others.includes(field))).toEqual([]);
    expect(isAway('a_field_of_next_year')).toBe(true);
  });

  test.each([
    [{ runtime: 'runc' }, []],
    [{ runtime: 'nvidia' }, ['runtime']],
    [{ post_start: [{ command: ['a'] }] }, []],
    [{ post_start: [{ command: ['a'] }, { command: ['b'], privileged: true }] }, ['post_start']],
    [{ pre_stop: [{ command: ['a'], privileged: true }] }, ['pre_stop']],
    [{ use_api_socket: true, cap_add: ['NET_ADMIN'] }, ['use_api_socket', 'cap_add']],
    [{ privileged: true, cap_add: [], develop: {} }, ['privileged']],
  ])('is told if it is missed: %j', (fields, expected) => {
    expect(missedFields(fields as object)).toEqual(expected);
  });
});

test('Compose resolves a service of the stage to nothing that reaches outside', async () => {
  const folder = await emptyFolder();
  const file = join(folder, 'compose.yaml');
  await writeFile(
    file,
    `name: shop
services:
  web:
    image: example/web
    use_api_socket: true
    privileged: true
    cap_add: [SYS_ADMIN]
    cgroup: host
    cgroup_parent: /
    device_cgroup_rules: ["c 1:3 mr"]
    devices: ["/dev/kvm:/dev/kvm"]
    deploy:
      replicas: 2
      resources:
        limits: { memory: 50M }
        reservations: { devices: [{ capabilities: [gpu], driver: nvidia }] }
    gpus: all
    ipc: host
    pid: host
    uts: host
    userns_mode: host
    network_mode: host
    runtime: nvidia
    security_opt: ["seccomp:unconfined"]
    models: [small]
    dns: [192.0.2.1]
    annotations: { cdi.k8s.io/x: y }
    post_start: [{ command: [id], privileged: true }]
    volumes_from: ["container:other"]
    environment: { KEPT: "1" }
    cap_drop: [NET_RAW]
models: { small: { model: ai/small } }
`,
  );
  const compose = composeCli(processRunner(process.env), neverAsked);
  const scope = { projectDirectory: folder, files: [file] };
  const { services } = await compose.model(scope);
  const web = { service: 'web', files: [file], definition: services.web ?? {}, volumes: [] };
  const nobody = { databases: [], companions: [], migrations: [], before: [] };
  const image = 'example/web';
  const stage = join(folder, 'stage.yaml');
  const canaries = [{ ...web, image }];
  await writeFile(stage, renderRehearsal({ ...nobody, canaries }, { name: 'shop', services }));
  const resolved = await compose.model({ ...scope, files: [file, stage] });
  const { 'web-rehearsal': found = {} } = resolved.services;
  const stated = Object.entries(found).filter(([, value]) => value !== null);
  expect(Object.fromEntries(stated)).toEqual({
    cap_drop: ['NET_RAW'],
    cpu_shares: 64,
    deploy: { placement: {}, replicas: 1, resources: { limits: { memory: '52428800' } } },
    environment: { KEPT: '1' },
    image,
    labels: { 'dev.canary.role': 'canary', 'dev.canary.service': 'web' },
    logging: { driver: 'json-file', options: { 'max-size': '50m', 'max-file': '2' } },
    networks: { 'canary-rehearsal': { aliases: ['web'] } },
    restart: 'no',
  });
});
