import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse as parseYaml, stringify } from 'yaml';
import { configJsonSchema, type JsonSchema } from '../../../src/config/json-schema.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import { problemsOf } from '../../../src/config/problems.ts';
import { configSchema } from '../../../src/config/schema.ts';

const top = new URL('../../../', import.meta.url);
const schema = configJsonSchema();
const validate = new Ajv({ allErrors: false }).compile(schema as object);

const isValid = (written: unknown) => validate(written) === true;
const isParsed = (written: unknown) => {
  const result = configSchema.safeParse(written);
  return result.success && problemsOf(result.data).length === 0;
};

const MINIMAL = { version: 1, services: { web: { entry: 80 } } };

/** Every setting once, in one of its forms. */
const WHOLE: Record<string, unknown> = {
  version: 1,
  services: {
    web: {
      ...{ entry: 3000, preview: 13_000, port: 8080, shield: false, reuse: true },
      ...{
        breaker: { failures: 2, paths: ['/api'] },
        protocol: 'http',
        mesh: { callers: ['api'] },
      },
      tls: { certificate: 'a.pem', key: 'b.pem', reencrypt: false },
    },
    shop: { entry: 443, protocol: 'tls', sni: ['shop.example.com', '*.example.com'] },
    raw: { entry: 25, protocol: 'tcp', proxyProtocol: { accept: true, send: false } },
    blog: { behind: 'edge', preview: 14_000 },
    wiki: { labels: 'traefik' },
    api: null,
  },
  roles: { db: 'stateful' },
  identity: ['header:X-User-Id', 'cookie:sid', 'jwt:user.id', 'source'],
  force: { header: 'X-Side' },
  match: [
    { header: 'X-Beta', equals: '1', path: '/new', method: 'GET' },
    { cookie: 'beta', prefix: 'no-', side: 'stable', method: ['GET', 'HEAD'] },
    { query: 'v', regex: '^2' },
    { user: ['ada'] },
  ],
  strategy: 'canary',
  steps: [
    { weight: 5, for: '5m', minimumRequests: 10 },
    {
      weight: 25,
      gates: [
        { run: ['./open.sh'], timeout: '5s' },
        { get: 'https://x.example', headers: { A: 'b' }, expect: { status: 204 } },
      ],
    },
    { pause: true },
    { weight: 100 },
  ],
  analysis: {
    ...{ alpha: 0.05, minimumRequests: 20, margin: '2%', errors: true, refused: false, size: true },
    ...{ latency: { percentile: 95, warmUp: '1m' }, baseline: false },
    thresholds: { failures: '5%', p99: '800ms', window: '2m' },
    shape: { allow: ['$.a[].b', 'main > form'], exclude: ['/logout'], every: '2s' },
    checks: [
      {
        ...{ post: '/cart', body: { item: [1, null] }, headers: { A: 'b' }, every: '5s' },
        expect: {
          ...{ status: [200, 201], contains: 'ok', within: '500ms' },
          ...{ header: { A: 'b*', C: true }, json: { '$.status': 'ok' } },
        },
      },
      { get: '/', service: 'web', compare: true },
    ],
    prometheus: [
      {
        ...{ name: 'rate', url: 'http://p:9090', query: 'up{a="{{service}}"}', pass: '< 1' },
        ...{ service: 'web', every: '1m', failures: 2, errors: 1, headers: {}, noData: 'error' },
      },
    ],
    http: [
      {
        ...{ name: 'h', url: 'http://h', value: '$.a[0]', fail: ['> 5', '!= 7e-2'], body: 'x' },
        ...{ method: 'POST', timeout: '3s' },
      },
    ],
    command: [{ name: 'c', run: ['./c.sh'], timeout: '5s' }],
  },
  promote: 'manual',
  maxAge: false,
  progressDeadline: '2h',
  hooks: {
    preDeploy: [{ run: ['./a.sh'] }],
    postStep: [{ post: 'https://x.example', headers: { A: 'b' }, timeout: '5s' }],
    ...{
      prePromote: [],
      postPromote: [{ post: 'https://x.example', body: '{{release}}' }],
      onRevert: [],
    },
  },
  notify: [
    ...['slack', 'discord', 'teams', 'mattermost'].map((kind) => ({ [kind]: { file: 'address' } })),
    { webhook: { file: 'a' }, headers: { A: 'b' }, body: '{{text}}', timeout: '5s' },
    { run: ['tell'], name: 'program', on: ['promoted'] },
  ],
  database: {
    ...{ service: ['db'], rehearse: 'always', data: 'sample', sample: 50, settle: '5s' },
    ...{ lockLimit: '200ms', massChange: '1%', allow: ['unrehearsed:redis'], backup: 'before' },
    migrate: { service: 'web', command: ['migrate'] },
  },
  mounts: { './uploads': 'shared' },
  receive: { trust: 'full' },
  git: { stable: 'main', canary: 'next', remote: 'live' },
  proxy: {
    ...{ image: 'haproxy:3.2', metrics: 8405, headers: '128k', keepAlive: '70s' },
    trusted: ['10.0.0.0/8', '2001:db8::1', '192.0.2.1'],
  },
  shield: { maxShare: '0.5%', paths: ['/api'] },
  breaker: true,
  drain: '1m30s',
  startTimeout: '500ms',
  retention: 3,
};

interface Property {
  path: string;
  property: JsonSchema;
}

/** Every property of the schema, with the objects that have them. */
function propertiesOf(part: JsonSchema, path = ''): Property[] {
  const { properties = {}, anyOf = [], items, additionalProperties } = part;
  const inner = [items, additionalProperties].filter((each) => typeof each === 'object');
  return [
    ...Object.entries(properties).flatMap(([name, property]) => [
      { path: `${path}.${name}`, property: property as JsonSchema },
      ...propertiesOf(property as JsonSchema, `${path}.${name}`),
    ]),
    ...anyOf.flatMap((each) => propertiesOf(each as JsonSchema, path)),
    ...inner.flatMap((each) => propertiesOf(each as JsonSchema, `${path}[]`)),
  ];
}

/** Parts of the schema that accept anything. */
function looseParts(part: unknown, path = ''): string[] {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return [];
  const { type, anyOf, properties, additionalProperties, items } = part as JsonSchema;
  const isOpen = properties !== undefined && additionalProperties !== false;
  const here = (type ?? anyOf) === undefined || isOpen ? [path] : [];
  return [
    ...here,
    ...Object.entries(properties ?? {}).flatMap(([name, each]) =>
      looseParts(each, `${path}.${name}`),
    ),
    ...(anyOf ?? []).flatMap((each, at) => looseParts(each, `${path}|${at}`)),
    ...looseParts(items, `${path}[]`),
    ...looseParts(additionalProperties, `${path}{}`),
  ];
}

describe('the JSON Schema of canary.yaml', () => {
  test('is in the package as it is now', () => {
    const published = readFileSync(new URL('schema/canary-yaml.json', top), 'utf8');
    expect(JSON.parse(published)).toEqual(schema);
  });

  test('describes every setting in a sentence', () => {
    const all = propertiesOf(schema);
    expect(all.length).toBeGreaterThan(120);
    for (const { path, property } of all)
      expect(property.description, path).toMatch(/^[A-Z`].*[.]$/u);
  });

  test('accepts nothing of which it does not say what it is', () => {
    expect(looseParts(schema)).toEqual([]);
  });

  test('has defaults that it accepts itself, and that the parser reads', () => {
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      const written = (property as JsonSchema).default;
      if (written === undefined) continue;
      expect(isValid({ ...MINIMAL, [name]: written }), name).toBe(true);
      expect(parseConfig(stringify({ ...MINIMAL, [name]: written }), name)).toEqual(
        parseConfig(stringify(MINIMAL), name),
      );
    }
  });

  test.each(['templates/canary.yaml', 'templates/analysis.yaml'])('accepts %s', (name) => {
    const written = parseYaml(readFileSync(new URL(name, top), 'utf8'));
    expect(validate({ ...MINIMAL, ...written }), JSON.stringify(validate.errors)).toBe(true);
  });

  test('has every setting in the example of these tests', () => {
    const known = new Set<string>();
    const visit = (value: unknown, path: string): void => {
      if (Array.isArray(value)) for (const each of value) visit(each, `${path}[]`);
      else if (typeof value === 'object' && value !== null)
        for (const [key, each] of Object.entries(value)) {
          const isNamed = ['.services', '.roles', '.mounts'].includes(path);
          known.add(`${path}.${key}`);
          visit(each, isNamed ? `${path}[]` : `${path}.${key}`);
        }
    };
    visit(WHOLE, '');
    const missing = propertiesOf(schema)
      .map(({ path }) => path)
      .filter((path) => !known.has(path))
      .filter((path) => !/^\.strategy\.|\.checks\[\]\.(head|options|put|patch|delete)$/.test(path))
      .filter(
        (path) => !/^\.hooks\.(prePromote|postPromote|onRevert|preDeploy|postStep)\[\]/.test(path),
      )
      .filter(
        (path) =>
          !/^(\.services\[\]\.shield|\.breaker)\.|\.(http|command|prometheus)\[\]\./.test(path),
      );
    expect(missing).toEqual([]);
  });
});

/** What is wrong at any setting that has one type. */
const WRONG = [{ 'no such name': 1 }, [[[]]], '\u0000 ?', -1.5, 1e12];

/** The paths of all settings in a value. */
function pathsOf(value: unknown, path: readonly (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [[...path]];
  const inner = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [[...path], ...inner.flatMap(([name, each]) => pathsOf(each, [...path, name]))];
}

function changed(
  value: unknown,
  [name, ...rest]: readonly (string | number)[],
  to: unknown,
): unknown {
  if (name === undefined) return to;
  const copy = structuredClone(value) as Record<string | number, unknown>;
  copy[name] = changed(copy[name], rest, to);
  return copy;
}

describe('schema and parser agree', () => {
  test('on a file with every setting', () => {
    expect(isValid(WHOLE), JSON.stringify(validate.errors)).toBe(true);
    expect(() => parseConfig(stringify(WHOLE), 'canary.yaml')).not.toThrow();
  });

  test.each([
    ...[true, false, {}, { maxShare: '5 %' }].map((shield) => ({ shield })),
    ...['blue-green', 'ab', { rolling: null }, { ab: { weight: 10 } }].map((strategy) => ({
      strategy,
    })),
    ...[false, true, { shape: true }, { shape: false }].map((analysis) => ({ analysis })),
    { database: { service: 'db' } },
    { maxAge: false },
    { match: [{ user: 'ada' }] },
  ])('on the form %j', (settings) => {
    const written = { ...MINIMAL, ...settings };
    expect(isValid(written), JSON.stringify(validate.errors)).toBe(true);
    expect(isParsed(written)).toBe(true);
  });

  test.each([
    { colour: 1 },
    { maxAge: true },
    { version: 2 },
    { services: ['web'] },
    { services: { 'a b': null } },
    { services: { web: { entry: '80' } } },
    { services: { web: { entry: 80, mesh: { callers: [] } } } },
    { shield: { maxShare: 20 } },
    { shield: { maxshare: '20%' } },
    { shield: 'on' },
    { breaker: { failures: 0 } },
    { strategy: 'red' },
    { drain: 30 },
    { drain: 'soon' },
    { proxy: { headers: '12' } },
    { analysis: { margin: 1 } },
    { analysis: { alpha: 0.5 } },
    { analysis: { checks: [{ get: 'x' }] } },
    { identity: ['X-User'] },
    { hooks: { onRevert: [{ rum: ['x'] }] } },
    { git: { stable: '' } },
    { mounts: { a: 'mine' } },
  ])('on the mistake %j', (settings) => {
    const written = { ...MINIMAL, ...settings };
    expect({ schema: isValid(written), parser: isParsed(written) }).toEqual({
      ...{ schema: false, parser: false },
    });
  });

  test('on any single change: what the parser accepts, the schema accepts', () => {
    const path = fc.constantFrom(...pathsOf(WHOLE).filter((each) => each.length > 0));
    const value = fc.oneof(
      fc.constantFrom(...WRONG, true, false, null, '5s', '5%', 7, 0, '', [], {}, 'canary', '/x'),
      fc.jsonValue({ maxDepth: 1 }),
    );
    fc.assert(
      fc.property(path, value, (place, to) => {
        const written = changed(WHOLE, place, to);
        if (isParsed(written))
          expect(validate(written), JSON.stringify(validate.errors)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  test('on an unknown name in any settings, and on a wrong type of any setting', () => {
    const free = new Set([
      'services',
      'roles',
      'mounts',
      'headers',
      'header',
      'json',
      'body',
      'item',
    ]);
    for (const path of pathsOf(WHOLE)) {
      const at = path.at(-1);
      if (path.includes('body') || path.includes('json')) continue;
      const value = path.reduce<unknown>((from, name) => (from as never)[name], WHOLE);
      const isSettings = typeof value === 'object' && value !== null && !Array.isArray(value);
      if (isSettings && !free.has(String(at))) {
        const more = changed(WHOLE, path, { ...value, 'no such name': 1 });
        expect({ path, schema: isValid(more), parser: isParsed(more) }).toEqual({
          ...{ path, schema: false, parser: false },
        });
      }
      const wrong = changed(WHOLE, path, [[['wrong']]]);
      expect({ path, schema: isValid(wrong), parser: isParsed(wrong) }).toEqual({
        ...{ path, schema: false, parser: false },
      });
    }
  });
});
