import fc from 'fast-check';
import { stringify } from 'yaml';

type Fields = Record<string, unknown>;

const NAMES = ['web', 'api', 'worker', 'a.b', 'x_y', 'front-1', 'Job', 'db9'];
const texts = fc.constantFrom('plain', 'a$$b', 'für ☕', 'a: b', '"q"', '', 'x=y', '#no', "it's");
const keys = fc.constantFrom('A', 'B_C', 'LABEL', 'x.y');
const condition = fc.constantFrom(
  'service_started',
  'service_healthy',
  'service_completed_successfully',
);

/** A list of `key=value`, or a map. */
const pairs = fc.dictionary(keys, texts, { maxKeys: 3 }).chain((map) => {
  const list = Object.entries(map).map(([key, value]) => `${key}=${value}`);
  return fc.constantFrom<Fields | string[]>(map, list);
});

/** A part that some of the models have. */
const maybe = (name: string, value: fc.Arbitrary<unknown>): fc.Arbitrary<Fields> =>
  fc
    .option(value, { nil: undefined, freq: 3 })
    .map((it) => (it === undefined ? {} : { [name]: it }));

const merged = (...parts: fc.Arbitrary<Fields>[]): fc.Arbitrary<Fields> =>
  fc.tuple(...parts).map((all) => Object.assign({}, ...all) as Fields);

/** Fields that do not refer to other services. */
const plain = merged(
  maybe('environment', fc.oneof(pairs, fc.constant({ NOTHING: null, N: 5, T: true }))),
  maybe('labels', pairs),
  maybe('annotations', pairs),
  maybe('command', fc.constantFrom('run "it all"', ['sh', '-c', 'echo $$HOME'], [])),
  maybe('entrypoint', fc.constantFrom('/bin/x', ['/bin/x', '-v'])),
  maybe('expose', fc.constantFrom(['5000'], [5000, '6000-6002/udp'])),
  maybe('extra_hosts', fc.constantFrom(['h:1.2.3.4'], { h: '1.2.3.4', g: '::1' })),
  maybe('env_file', fc.constantFrom([{ path: 'no.env', required: false }], 'some.env')),
  maybe('healthcheck', fc.constantFrom({ test: 'true' }, { test: ['NONE'] }, { disable: true })),
  maybe('profiles', fc.constantFrom(['dev'], ['ci', 'dev'])),
  maybe('logging', fc.constant({ driver: 'json-file', options: { 'max-size': '1m' } })),
  maybe('ulimits', fc.constant({ nproc: 5, nofile: { soft: 1, hard: 2 } })),
  maybe('tmpfs', fc.constantFrom('/t', ['/t:size=1m'])),
  maybe('restart', fc.constantFrom('always', 'no', 'on-failure:3')),
  maybe('stop_grace_period', fc.constant('1m30s')),
  maybe('cap_add', fc.constant(['NET_ADMIN'])),
  maybe('devices', fc.constant(['/dev/null:/dev/x'])),
  maybe('privileged', fc.boolean()),
  maybe('init', fc.boolean()),
  maybe('user', fc.constantFrom('1000:1000', 'nobody')),
  maybe('sysctls', fc.constant({ 'net.core.somaxconn': 1024 })),
  maybe('dns', fc.constant('1.1.1.1')),
  maybe('secrets', fc.constantFrom(['s'], [{ source: 's', target: '/run/x', mode: 0o400 }])),
  maybe('configs', fc.constantFrom(['c'], [{ source: 'c', target: '/etc/c' }])),
  maybe('develop', fc.constant({ watch: [{ path: './src', action: 'rebuild' }] })),
  maybe('x-own', fc.constant({ any: 'thing' })),
);

const deploy = fc.constantFrom<Fields>(
  { replicas: 2 },
  { replicas: 0 },
  { resources: { limits: { cpus: '0.5', memory: '50M' } } },
  { labels: { a: 'b' }, mode: 'replicated' },
  { resources: { reservations: { devices: [{ capabilities: ['gpu'], count: 'all' }] } } },
);

const origin = fc.constantFrom<Fields>(
  { image: 'example/app:1' },
  { build: './code' },
  { build: { context: './code', args: { A: 'b' }, tags: ['shop/app:1'], labels: ['a=b'] } },
  { build: { context: '.', dockerfile_inline: 'FROM scratch' }, image: 'shop/app' },
);

const volume = fc.constantFrom<unknown>(
  'data:/data',
  'data:/again:ro',
  '/anonymous',
  './code:/code:ro',
  '/etc/hosts:/hosts:ro,Z',
  { type: 'volume', source: 'data', target: '/long', volume: { nocopy: true } },
  { type: 'bind', source: './code', target: '/bound', bind: { propagation: 'rslave' } },
  { type: 'tmpfs', target: '/tm', tmpfs: { size: 1000 } },
  { type: 'volume', target: '/anonymous-long' },
);

/** Fields whose values no other service may have, different for each service. */
function unique(name: string, index: number): fc.Arbitrary<Fields> {
  const base = 8000 + index * 100;
  const address = `10.77.0.${10 + index}`;
  const port = fc.constantFrom<unknown>(
    `${base}:80`,
    `127.0.0.1:${base + 1}:81/udp`,
    `${base + 10}-${base + 12}:90-92`,
    '70',
    { target: 82, published: String(base + 2), host_ip: '0.0.0.0', mode: 'host', name: 'http' },
    { target: 83, published: base + 3, protocol: 'tcp', app_protocol: 'http' },
  );
  const place = fc.constantFrom<Fields | null>(
    null,
    { aliases: [`${name}.local`, 'shared'] },
    { ipv4_address: address },
    { ipv4_address: address, mac_address: `02:00:00:00:00:${10 + index}`, priority: 5 },
  );
  const networks = fc.oneof(
    fc.subarray(['front', 'back', 'default'], { minLength: 1 }),
    fc.record({ back: place }),
    fc.record({ back: place, front: fc.constantFrom(null, { aliases: ['shared'] }) }),
  );
  const scale = fc.oneof(
    maybe('deploy', deploy),
    maybe('scale', fc.integer({ min: 1, max: 3 })),
    maybe('container_name', fc.constant(`the-${index}`)),
  );
  return merged(
    ...[maybe('ports', fc.uniqueArray(port, { maxLength: 3 })), maybe('networks', networks), scale],
    maybe('hostname', fc.constant(`host-${index}`)),
    maybe('volumes', fc.uniqueArray(volume, { maxLength: 4 })),
  );
}

/** Fields that name another service, always an earlier one, so that there are no cycles. */
function relations(earlier: readonly string[], isShared: boolean): fc.Arbitrary<Fields> {
  if (earlier.length === 0) return fc.constant({});
  const other = fc.constantFrom(...earlier);
  const dependency = fc.record(
    { condition, required: fc.boolean(), restart: fc.boolean() },
    { requiredKeys: ['condition'] },
  );
  const calls = merged(
    maybe('depends_on', fc.oneof(fc.subarray([...earlier]), fc.dictionary(other, dependency))),
    maybe(
      'links',
      fc.oneof(
        other.map((it) => [it]),
        other.map((it) => [`${it}:alias`, it]),
      ),
    ),
    maybe(
      'environment',
      other.map((it) => ({ URL: `http://${it}:80/`, EMPTY: '' })),
    ),
  );
  if (!isShared) return calls;
  const seldom = (name: string, value: fc.Arbitrary<unknown>) =>
    fc.option(value, { nil: undefined, freq: 8 }).map((it): Fields => (it ? { [name]: it } : {}));
  const inside = fc.oneof(
    other.map((name) => `service:${name}`),
    fc.constant('host'),
  );
  return merged(
    ...[calls, seldom('pid', inside), seldom('ipc', inside)],
    maybe(
      'volumes_from',
      fc
        .oneof(
          other,
          other.map((it) => `${it}:ro`),
        )
        .map((it) => [it]),
    ),
    seldom('network_mode', fc.oneof(inside, fc.constantFrom('none', 'bridge', 'container:other'))),
  );
}

function serviceOf(names: readonly string[], index: number, isShared: boolean) {
  const name = names[index] ?? '';
  const earlier = names.slice(0, index);
  const parts = [origin, plain, unique(name, index), relations(earlier, isShared)];
  return fc.tuple(merged(...parts), fc.boolean()).map(([service, hasBase]): Fields => {
    const { networks, links, ...rest } = service;
    const ownNetwork = 'network_mode' in service ? {} : { networks, links };
    return { ...(hasBase ? { '<<': '*base' } : {}), ...rest, ...ownNetwork };
  });
}

export interface ArbitraryProject {
  /** The compose file; Compose may still reject it. */
  text: string;
  chosen: readonly string[];
}

/** A compose file with much of what Compose allows, and some of its services; some share the namespaces of others. */
export function composeProjects(isShared: boolean): fc.Arbitrary<ArbitraryProject> {
  return fc.shuffledSubarray(NAMES, { minLength: 1, maxLength: 5 }).chain((names) => {
    const services = names.map((_, index) => serviceOf(names, index, isShared));
    const most = Math.min(3, names.length);
    const chosen = fc.shuffledSubarray(names, { minLength: 1, maxLength: most });
    return fc.tuple(fc.tuple(...services), chosen).map(([all, some]) => ({
      text: composeText(Object.fromEntries(all.map((service, at) => [names[at], service]))),
      chosen: some,
    }));
  });
}

function composeText(services: Fields): string {
  const base = 'x-base: &base\n  tty: true\n  environment: { BASE: "1" }\n';
  const rest = {
    services,
    networks: {
      front: null,
      back: { ipam: { config: [{ subnet: '10.77.0.0/24' }] }, labels: { a: 'b$$' } },
    },
    volumes: { data: { labels: { a: 'b' } } },
    secrets: { s: { file: './secret.txt' } },
    configs: { c: { content: 'a $$x\n' } },
  };
  const text = stringify(rest, { aliasDuplicateObjects: false });
  return `name: random\n${base}${text.replaceAll(/"?<<"?: "\*base"/g, '<<: *base')}`;
}
