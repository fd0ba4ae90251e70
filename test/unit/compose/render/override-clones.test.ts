import { expect, test } from 'vitest';
import type { ComposeModel, ComposeService } from '../../../../src/compose/model/model.ts';
import { type CloneSource, renderOverride } from '../../../../src/compose/render/override.ts';
import { chooseSlice } from '../../../../src/compose/slice.ts';
import { config, modelOf } from '../../../support/fixture-model.ts';
import { NEW } from '../../../support/fixture-observed.ts';
import { readLayers } from '../../../support/fixture-yaml.ts';

const PROXY = {
  image: 'haproxy',
  definition: 'd',
  owner: { uid: 0, gid: 0 },
  runDirectory: '/run',
};
const PORTS = [{ target: 80, published: '3000', protocol: 'tcp' }];

/** The layers of a project with the one entry `web`, as the branch defines it. */
function layersOf(web: ComposeService, rest: Partial<CloneSource> = {}, model?: ComposeModel) {
  const own = modelOf({ web: { ports: PORTS, ...web } });
  const clones: CloneSource = {
    commit: NEW,
    release: 'r1',
    model: own,
    files: { web: ['tree/compose.yml'] },
    dataMounts: {},
    ...rest,
  };
  const stable = model ?? own;
  const slice = chooseSlice(config('{ web: { entry: 3000 } }'), stable);
  return readLayers(renderOverride({ model: stable, slice, proxy: PROXY, clones }));
}

const cloneOf = (web: ComposeService, rest: Partial<CloneSource> = {}) =>
  layersOf(web, rest)[0]?.services['web-canary'];

test('a service in several files extends each file once; the last layer makes it a clone', () => {
  const layers = layersOf({}, { files: { web: ['a.yml', 'b.yml', 'c.yml'] } });
  expect(layers.map((layer) => layer.services['web-canary']?.extends)).toEqual([
    { file: 'a.yml', service: 'web' },
    { file: 'b.yml', service: 'web' },
    { file: 'c.yml', service: 'web' },
  ]);
  expect(layers.map((layer) => 'ports' in (layer.services['web-canary'] ?? {}))).toEqual([
    false,
    false,
    true,
  ]);
});

test('a scaled service has as many canary replicas as its branch defines', () => {
  const clone = cloneOf({ scale: 3, deploy: { replicas: 3 } });
  expect(clone).not.toHaveProperty('scale');
  expect(clone).not.toHaveProperty('deploy');
});

test('an image that is not built here keeps the name that the branch gives', () => {
  expect(cloneOf({ image: 'example/web:2' })).not.toHaveProperty('image');
});

test('a built service never takes the stable’s image name', () => {
  expect(cloneOf({ build: { context: '.' }, image: 'example/web:2' })).toMatchObject({
    image: 'shop-web:canary-aaaaaaaaaaaa',
  });
});

test('data that git does not track is mounted from where it is', () => {
  const mount = { type: 'bind', source: '/srv/shop/uploads', target: '/uploads', read_only: true };
  expect(cloneOf({}, { dataMounts: { web: [mount] } })).toMatchObject({ volumes: [mount] });
});

test('a clone keeps its networks, without its names and addresses there', () => {
  const networks = { front: { aliases: ['shop'], ipv4_address: '10.0.0.5' }, back: null };
  expect(cloneOf({ networks })).toMatchObject({
    networks: { '!override': { front: {}, back: {} } },
  });
});

test('an optional dependency is optional for the clone too', () => {
  const depends_on = { debug: { condition: 'service_started', required: false } };
  expect(cloneOf({ depends_on })).toMatchObject({ depends_on: { '!override': depends_on } });
});

test('networks and volumes that only the branch has are added', () => {
  const web = { ports: PORTS };
  const branch: ComposeModel = {
    ...modelOf({ web }),
    networks: { default: {}, fast: { driver: 'bridge' } },
    volumes: { cache: { name: 'shop_cache' } },
  };
  const stable: ComposeModel = { ...modelOf({ web }), networks: { default: {} } };
  const [layer] = layersOf(web, { model: branch }, stable);
  expect(layer).toMatchObject({
    networks: { fast: { driver: 'bridge' } },
    volumes: { cache: { name: 'shop_cache' } },
  });
  expect(layer?.networks).not.toHaveProperty('default');
});
