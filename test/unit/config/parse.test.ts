import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import { refusal } from '../../support/fixture-refusal.ts';

const parse = (text: string) => parseConfig(text, 'canary.yaml');
const problems = async (text: string) => (await refusal(() => parse(text))).details;

describe('a valid canary.yaml', () => {
  test('with only services has a default for every other setting', () => {
    expect(parse('version: 1\nservices:\n  web: { entry: 3000 }\n  api:\n')).toEqual({
      version: 1,
      services: { web: { entry: 3000 }, api: {} },
      receive: { trust: 'stable' },
      identity: [],
      force: { header: 'X-Canary' },
      match: [],
      mounts: {},
      roles: {},
      strategy: { kind: 'canary' },
      steps: [],
      analysis: {
        alpha: 0.01,
        minimumRequests: 100,
        margin: 0.5,
        errors: true,
        refused: true,
        latency: { percentile: 99, warmUp: 30_000 },
        size: true,
        baseline: false,
        checks: [],
        shape: { allow: [], exclude: [], every: 1000 },
        prometheus: [],
        http: [],
        command: [],
      },
      promote: 'auto',
      progressDeadline: 1_800_000,
      maxAge: 604_800_000,
      hooks: { preDeploy: [], postStep: [], prePromote: [], postPromote: [], onRevert: [] },
      notify: [],
      git: { stable: 'main', canary: 'canary', remote: 'deploy' },
      proxy: { headers: 65_536, keepAlive: 620_000, trusted: [] },
      shield: { maxShare: 20, paths: [] },
      breaker: { failures: 5, paths: [] },
      database: {
        rehearse: 'auto',
        data: 'full',
        sample: 1000,
        settle: 2000,
        lockLimit: 1000,
        massChange: 10,
        allow: [],
        backup: 'off',
      },
      drain: 30_000,
      startTimeout: 120_000,
      retention: 10,
    });
  });

  test('can set everything', () => {
    const text = `
version: 1
services:
  web: { entry: 3000, preview: 13000, port: 8080, shield: false, breaker: { failures: 2, paths: [] } }
identity: [header:X-User-Id, cookie:session_id, query:u, jwt:user.id, source]
force: { header: X-Side }
match:
  - { header: X-Beta, equals: "1", path: /new, method: GET }
  - { user: ada, side: stable }
  - { user: [] }
strategy: { canary: {} }
steps: [{ weight: 0.5, for: 1m30s }, { weight: 25 }, { pause: true }, { weight: 100, for: 1d }]
hooks: { onRevert: [{ run: [./tell.sh] }] }
git: { stable: release/1.x, canary: next, remote: live }
proxy: { image: haproxy:3.2, metrics: 8405, headers: 128k, keepAlive: 70s, trusted: [10.0.0.0/8, '2001:db8::1'] }
shield: { maxShare: 0.5%, paths: [/api, /img/] }
analysis:
  alpha: 0.05
  minimumRequests: 20
  margin: 2%
  errors: true
  refused: false
  latency: { percentile: 95, warmUp: 1m }
  size: false
  baseline: true
  thresholds: { failures: 5%, p99: 800ms, window: 2m }
  shape: false
  checks: [{ head: /up, expect: {}, every: 5s }]
  command: [{ name: smoke, run: [./smoke.sh], every: 1m, timeout: 5s, errors: 0, failures: 2 }]
promote: manual
progressDeadline: 2h
maxAge: 1d
breaker: false
drain: 1m
startTimeout: 500ms
retention: 3
database:
  service: [db, orders-db]
  rehearse: always
  data: sample
  sample: 50
  settle: 5s
  lockLimit: 200ms
  massChange: 1%
  allow: [unrehearsed:redis]
  migrate: { service: web, command: [migrate, --all] }
  backup: before
mounts: { ./uploads: shared, src: branch }
roles: { vpn: app, cache: stateful }
receive: { trust: full }
`;
    expect(parse(text)).toEqual({
      version: 1,
      receive: { trust: 'full' },
      services: {
        web: {
          entry: 3000,
          preview: 13_000,
          port: 8080,
          shield: false,
          breaker: { failures: 2, paths: [] },
        },
      },
      identity: [
        { from: 'header', name: 'X-User-Id' },
        { from: 'cookie', name: 'session_id' },
        { from: 'query', name: 'u' },
        { from: 'jwt', name: 'user.id' },
        { from: 'source' },
      ],
      force: { header: 'X-Side' },
      match: [
        { header: 'X-Beta', equals: '1', path: '/new', method: ['GET'], side: 'canary' },
        { user: ['ada'], side: 'stable' },
        { user: [], side: 'canary' },
      ],
      strategy: { kind: 'canary' },
      steps: [
        { weight: 0.5, for: 90_000 },
        { weight: 25 },
        { pause: true },
        { weight: 100, for: 86_400_000 },
      ],
      hooks: {
        preDeploy: [],
        postStep: [],
        prePromote: [],
        postPromote: [],
        onRevert: [{ run: ['./tell.sh'], timeout: 60_000 }],
      },
      git: { stable: 'release/1.x', canary: 'next', remote: 'live' },
      proxy: {
        image: 'haproxy:3.2',
        metrics: 8405,
        headers: 131_072,
        keepAlive: 70_000,
        trusted: ['10.0.0.0/8', '2001:db8::1'],
      },
      shield: { maxShare: 0.5, paths: ['/api', '/img/'] },
      analysis: {
        alpha: 0.05,
        minimumRequests: 20,
        margin: 2,
        errors: true,
        refused: false,
        latency: { percentile: 95, warmUp: 60_000 },
        size: false,
        baseline: true,
        thresholds: { failures: 5, p99: 800, window: 120_000 },
        shape: false,
        checks: [
          {
            service: undefined,
            method: 'HEAD',
            path: '/up',
            headers: {},
            body: undefined,
            expect: { header: {}, contains: [], json: [] },
            compare: false,
            every: 5000,
          },
        ],
        prometheus: [],
        http: [],
        command: [
          {
            name: 'smoke',
            run: ['./smoke.sh'],
            every: 60_000,
            timeout: 5000,
            errors: 0,
            failures: 2,
          },
        ],
      },
      promote: 'manual',
      progressDeadline: 7_200_000,
      notify: [],
      maxAge: 86_400_000,
      mounts: { './uploads': 'shared', src: 'branch' },
      roles: { vpn: 'app', cache: 'stateful' },
      breaker: false,
      database: {
        service: ['db', 'orders-db'],
        rehearse: 'always',
        data: 'sample',
        sample: 50,
        settle: 5000,
        lockLimit: 200,
        massChange: 1,
        allow: ['unrehearsed:redis'],
        migrate: { service: 'web', command: ['migrate', '--all'] },
        backup: 'before',
      },
      drain: 60_000,
      startTimeout: 500,
      retention: 3,
    });
  });
});

test.each([
  ['shield: true', { shield: { maxShare: 20, paths: [] } }],
  ['shield: { paths: [/] }', { shield: { maxShare: 20, paths: ['/'] } }],
  ['shield: { maxShare: 100 % }', { shield: { maxShare: 100, paths: [] } }],
  ['breaker: true', { breaker: { failures: 5, paths: [] } }],
  ['breaker: {}', { breaker: { failures: 5, paths: [] } }],
])('%s has a default for every setting that it does not name', (setting, expected) => {
  expect(parse(`version: 1\nservices: { web: { entry: 80 } }\n${setting}\n`)).toMatchObject(
    expected,
  );
});

test.each([
  ['{ alpha: 0 }', 'analysis.alpha', 'is not a chance above 0, such as 0.01'],
  [
    '{ alpha: 0.5 }',
    'analysis.alpha',
    'is too high: more than 20 % of good canaries could be taken back',
  ],
  ['{ margin: 1 }', 'analysis.margin', 'is not a share such as 0.5%: 1 has no unit, such as 1%'],
  ['{ latency: { percentile: 10 } }', 'latency.percentile', 'is not a percentile from 50 to 99.9'],
  ['{ thresholds: {} }', 'analysis.thresholds', 'has neither `failures` nor `p99`'],
])('analysis: %s is rejected', async (setting, place, why) => {
  const text = `version: 1\nservices: { web: { entry: 80 } }\nanalysis: ${setting}\n`;
  const [detail] = await problems(text);
  expect(detail).toContain(place);
  expect(detail?.endsWith(`: ${why}`)).toBe(true);
});

test('analysis: false judges nothing', () => {
  const text = 'version: 1\nservices: { web: { entry: 80 } }\nanalysis: false\n';
  expect(parse(text).analysis).toBe(false);
});

test.each([
  ['{ behind: edge }', { behind: ['edge'] }],
  ['{ behind: [edge, edge, other], preview: 81 }', { behind: ['edge', 'other'], preview: 81 }],
  ['{ entry: 80, mesh: true }', { entry: 80, mesh: {} }],
  ['{ entry: 80, mesh: false }', { entry: 80 }],
  ['{ entry: 80, mesh: { callers: a } }', { entry: 80, mesh: { callers: ['a'] } }],
])('the ingress %s is read', (web, expected) => {
  expect(parse(`version: 1\nservices: { web: ${web} }\n`).services.web).toEqual(expected);
});

test.each([
  ['mesh', 'yes'],
  ['mesh', '{ callers: [] }'],
  ['mesh', '{ callers: ["a b"] }'],
  ['mesh', '{ caller: a }'],
  ['behind', '[]'],
  ['behind', '"a\\n  server x"'],
  ['behind', 'true'],
])('an ingress %s: %s is rejected with its line and path', async (ingress, value) => {
  const [problem] = await problems(
    `version: 1\nservices:\n  api: { entry: 80 }\n  web:\n    ${ingress}: ${value}\n`,
  );
  expect(problem).toMatch(new RegExp(`^line 5, services\\.web\\.${ingress}[.a-z0-9]*: .`));
});

describe('an invalid canary.yaml', () => {
  test('is rejected with all problems at once, each with its line and path', async () => {
    const text = `version: 2
services:
  web:
    entry: 70000
    weight: 5
  "a b": {}
identity:
  - X-User-Id
force: { header: "X Canary" }
drain: soon
colour: red
`;
    const error = await refusal(() => parse(text));
    expect(error).toMatchObject({
      code: 'config-invalid',
      exitCode: 2,
      message: 'canary.yaml is not valid.',
      hint: 'Correct the lines above; templates/canary.yaml in the package of canary lists every setting.',
    });
    expect([...error.details].sort().join('\n')).toMatchInlineSnapshot(`
      "line 1, version: is not a version this program knows (1)
      line 10, drain: is not a duration such as 30s or 1m30s
      line 11, colour: is not a setting this version knows
      line 4, services.web.entry: is not a port, a whole number from 1 to 65535
      line 5, services.web.weight: is not a setting this version knows
      line 6, services.a b: is not a service name
      line 8, identity.0: is not \`header:NAME\`, \`cookie:NAME\`, \`query:NAME\`, \`jwt:CLAIM\` or \`source\`
      line 9, force.header: is not a header name"
    `);
  });

  test.each([
    ['an empty file', '', 'services'],
    ['a list', '[]', 'the file'],
    ['a text', 'hello', 'the file'],
    ['no services', 'version: 1\n', 'services'],
    ['services that are a list', 'version: 1\nservices: [web]\n', 'services'],
    ['a service that is a text', 'version: 1\nservices: { web: yes }\n', 'services.web'],
    ['a port that is a text', 'version: 1\nservices: { web: { entry: "80" } }\n', 'web.entry'],
    ['port 0', 'version: 1\nservices: { web: { entry: 0 } }\n', 'web.entry'],
    ['half a port', 'version: 1\nservices: { web: { entry: 80.5 } }\n', 'web.entry'],
    [
      'a header with a line break',
      'version: 1\nservices: { web: { entry: 80 } }\nidentity: ["header:X\\nY"]\n',
      'identity.0',
    ],
    [
      'a missing branch',
      'version: 1\nservices: { web: { entry: 80 } }\ngit: { stable: "" }\n',
      'git.stable',
    ],
  ])('%s is rejected with its path', async (_, text, place) => {
    expect((await problems(text)).join('\n')).toContain(`${place}: `);
  });

  test.each([
    ['shield', '20%'],
    ['shield', '{ maxShare: 101% }'],
    ['shield', '{ maxShare: 20 }'],
    ['shield', '{ paths: [api] }'],
    ['shield', '{ paths: ["/a b"] }'],
    ['shield', '{ paths: ["/a\\n  server x"] }'],
    ['shield', '{ share: 5% }'],
    ['breaker', '5'],
    ['breaker', '{ failures: 0 }'],
  ])('%s: %s is rejected with its line and path', async (setting, value) => {
    const [problem, ...others] = await problems(
      `version: 1\nservices: { web: { entry: 80 } }\n${setting}: ${value}\n`,
    );
    expect(problem).toMatch(new RegExp(`^line 3, ${setting}[.a-zA-Z0-9]*: .`));
    expect(others).toEqual([]);
  });

  test('broken YAML is rejected with the parser’s message and the line', async () => {
    const details = await problems('version: 1\nservices: {\n');
    expect(details.join('\n')).toMatch(/line \d/);
  });

  test('a key that occurs twice is rejected', async () => {
    const details = await problems('version: 1\nservices: { web: {}, web: {} }\n');
    expect(details.join('\n')).toMatch(/unique/i);
  });
});

describe('rules across several fields', () => {
  test.each([
    [
      'without an entry nobody could reach the canary',
      'version: 1\nservices:\n  api: {}\n',
      [
        'line 3, services: no service has an `entry`, is `behind` a proxy or found by `labels`, so no user could reach the canary',
      ],
    ],
    [
      'a preview needs an entry',
      'version: 1\nservices:\n  web: { entry: 80 }\n  api: { preview: 81 }\n',
      ['line 4, services.api.preview: a preview port needs an `entry`, `behind` or `labels`'],
    ],
    [
      'two entries cannot share a port',
      'version: 1\nservices:\n  web: { entry: 80 }\n  api: { entry: 80 }\n',
      ['line 4, services.api.entry: port 80 is also services.web.entry'],
    ],
    [
      'a shield and a breaker need an entry',
      'version: 1\nservices:\n  web: { entry: 80 }\n  api:\n    shield: true\n    breaker: false\n',
      [
        'line 5, services.api.shield: needs an `entry`, `behind`, `labels` or `mesh`: other requests do not pass the proxy',
        'line 6, services.api.breaker: needs an `entry`, `behind`, `labels` or `mesh`: other requests do not pass the proxy',
      ],
    ],
    [
      'users come through another proxy or at a port, not both, and that proxy is nobody chosen',
      'version: 1\nservices:\n  web: { entry: 80, behind: edge }\n  api: { mesh: true, behind: [web] }\n',
      [
        'line 3, services.web.behind: cannot stand beside `entry`: choose one of them',
        'line 4, services.api.behind: cannot stand beside `mesh`: choose one of them',
        'line 4, services.api.behind: `web` is a chosen service itself',
      ],
    ],
    [
      'a preview cannot have an entry’s port',
      'version: 1\nservices:\n  web:\n    entry: 80\n    preview: 80\n',
      ['line 5, services.web.preview: port 80 is also services.web.entry'],
    ],
  ])('%s', async (_, text, expected) => {
    expect(await problems(text)).toEqual(expected);
  });
});

test('database: a permanent exception is for one named service only', () => {
  for (const [value, says] of [
    ['{ allow: [destructive:orders] }', 'is not an exception such as unrehearsed:SERVICE'],
    ['{ allow: [unrehearsed:*] }', 'is not an exception such as unrehearsed:SERVICE'],
    ['{ rehearse: no }', 'is not auto, always or off'],
    ['{ data: some }', 'is not full, schema or sample'],
    ['{ migrate: { command: [x] } }', 'database.migrate.service'],
  ] as const)
    expect(() =>
      parse(`version: 1\nservices: { web: { entry: 80 } }\ndatabase: ${value}\n`),
    ).toThrow(expect.objectContaining({ details: [expect.stringContaining(says)] }));
});
