import { Agent } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applySplit } from '../../../src/execution/split.ts';
import { loadProject } from '../../../src/project/load.ts';
import { byWeight } from '../../../src/proxy/weight-map.ts';
import { trafficOff } from '../../../src/release/ending/traffic-off.ts';
import { contextIn } from '../../support/fixture-context.ts';
import { type Storedog, until } from '../../support/storedog.ts';
import { askAnew, letCanaryFail, trafficShop } from '../../support/traffic-shop.ts';
import { userNames } from '../../support/visitors.ts';

/** A header with special characters that must be quoted. */
const ODD = `' " # $HOME \\ } || { always_true }`;
const PLACES = '[header:X-User-Id, cookie:session, query:u, jwt:user.id]';
const RULES = `match:
  - { header: X-Beta, equals: "1" }
  - { user: [alice, bob] }
  - { user: [carol], side: stable }
  - { path: /payments }
  - { cookie: beta, prefix: yes- }
  - { query: v, regex: "^2" }
  - { method: [POST, PUT], path: /x }
  - { header: X-Odd, equals: ${JSON.stringify(ODD)} }
`;

interface Asked {
  path?: string;
  headers?: Record<string, string>;
  method?: string;
}

/** A token without a signature. */
function token(claims: unknown): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.`;
}

const IDENTITIES: [string, (user: string) => Asked][] = [
  ['header', (user) => ({ headers: { 'X-User-Id': user } })],
  ['cookie', (user) => ({ headers: { Cookie: `a=b; session=${user}` } })],
  ['query', (user) => ({ path: `?u=${user}` })],
  ['jwt', (user) => ({ headers: { Authorization: `Bearer ${token({ user: { id: user } })}` } })],
];

/** Requests that match a rule, and requests that almost match it. */
const FITTING: [string, Asked][] = [
  ['a header', { headers: { 'X-Beta': '1' } }],
  ['a list', { headers: { 'X-User-Id': 'alice' } }],
  ['a path', { path: 'payments/7' }],
  ['a beginning of a cookie', { headers: { Cookie: 'beta=yes-7' } }],
  ['an expression', { path: '?v=2.1' }],
  ['a method and a path', { path: 'x', method: 'POST' }],
  ['an odd text', { headers: { 'X-Odd': ODD } }],
  ['the first of two', { headers: { 'X-Beta': '1', 'X-User-Id': 'carol' } }],
  ['the forcing header', { headers: { 'X-Canary': 'canary', 'X-User-Id': 'carol' } }],
];
const OTHERS: [string, Asked][] = [
  ['another header', { headers: { 'X-Beta': '12' } }],
  ['a user like one in a list', { headers: { 'X-User-Id': 'alic' } }],
  ['another path', { path: 'old/payments' }],
  ['the end of a cookie', { headers: { Cookie: 'beta=no-yes-' } }],
  ['another value', { path: '?v=12' }],
  ['a path without its method', { path: 'x' }],
  ['a method without its path', { path: 'y', method: 'POST' }],
  ['a part of the odd text', { headers: { 'X-Odd': `'` } }],
  ['a list of the stable', { headers: { 'X-User-Id': 'carol' } }],
  ['the forcing header', { headers: { 'X-Canary': 'stable', 'X-Beta': '1' } }],
];

describe('rules and identities', () => {
  let shop: Storedog;
  let original: string;
  const users = userNames(150);

  beforeAll(async () => {
    shop = await trafficShop();
    original = (await shop.read('canary.yaml')).replace('[header:X-User-Id]', PLACES);
    await shop.write('canary.yaml', original + RULES);
    await shop.succeed('up');
    await shop.succeed('deploy', '--branch', 'canary');
  });

  afterAll(() => shop?.dispose());

  const project = () => loadProject(contextIn(shop.directory));
  const side = ({ path = '', headers = {}, method }: Asked, agent?: Agent) =>
    askAnew(`${shop.url}${path}`, headers, method, agent);
  const sidesOf = async (asked: readonly [string, Asked][]) => {
    const sides = await Promise.all(asked.map(async ([name, each]) => [name, await side(each)]));
    return Object.fromEntries(sides);
  };
  const allOn = (asked: readonly [string, Asked][], where: string) =>
    Object.fromEntries(asked.map(([name]) => [name, where]));
  /** Which users are on the canary, a few requested at a time. */
  const onCanary = async (names: readonly string[], ask: (user: string) => Asked) => {
    const found = new Set<string>();
    const queue = [...names];
    const agent = new Agent({ keepAlive: true, scheduling: 'fifo' });
    const worker = async () => {
      for (let user = queue.pop(); user !== undefined; user = queue.pop())
        if ((await side(ask(user), agent)) === 'canary') found.add(user);
    };
    await Promise.all(Array.from({ length: 16 }, worker)).finally(() => agent.destroy());
    return found;
  };
  const workerOf = async () =>
    /^Pid: (\d+)$/m.exec(await (await project()).socket.ask('show info'))?.[1];

  it('send only the users they match to a canary without a weight', async () => {
    expect(await sidesOf(FITTING)).toEqual(allOn(FITTING, 'canary'));
    expect(await sidesOf(OTHERS)).toEqual(allOn(OTHERS, 'stable'));
  });

  it.each(IDENTITIES)(
    'identify a user by %s: half of them are on the canary, and stay there',
    async (_, ask) => {
      await applySplit(await project(), byWeight(50));
      const first = await onCanary(users, ask);
      expect(first.size).toBeGreaterThan(50);
      expect(first.size).toBeLessThan(100);
      expect(await onCanary(users, ask)).toEqual(first);
    },
  );

  it('leave it to the weight which users are added or removed, whatever was before', async () => {
    const [, byHeader] = IDENTITIES[0] ?? [];
    if (!byHeader) throw new Error('a header is an identity');
    const state = await project();
    const names = [...users, 'alice', 'carol'];
    let earlier = { weight: 0, canary: new Set<string>() };
    const weights = fc.sample(fc.integer({ min: 0, max: 10_000 }), { numRuns: 8, seed: 11 });
    for (const weight of [...weights, 0, 10_000].map((buckets) => buckets / 100)) {
      await applySplit(state, byWeight(weight));
      const canary = await onCanary(names, byHeader);
      const [less, more] =
        weight < earlier.weight ? [canary, earlier.canary] : [earlier.canary, canary];
      expect([...less].filter((user) => user !== 'alice' && !more.has(user))).toEqual([]);
      expect([canary.has('alice'), canary.has('carol')]).toEqual([true, false]);
      earlier = { weight, canary };
    }
    expect(earlier.canary.size).toBe(users.length + 1);
  });

  it('mark the cookie of an anonymous user as secure if the request was', async () => {
    const cookie = async (headers: Record<string, string>) =>
      (await fetch(shop.url, { headers })).headers.get('set-cookie');
    expect(await cookie({ 'X-Forwarded-Proto': 'https' })).toMatch(
      /; HttpOnly; SameSite=Lax; Secure$/,
    );
    expect(await cookie({})).toMatch(/; HttpOnly; SameSite=Lax$/);
  });

  it('change lists without a reload, without showing users', async () => {
    await shop.succeed('weight', '0');
    const worker = await workerOf();
    const changed = RULES.replace('[alice, bob]', '[bob, carol, dave]').replace('[carol]', '[]');
    await shop.write('canary.yaml', original + changed);
    const { stdout: plan } = await shop.succeed('plan');
    expect(plan).toContain('change the lists of users: 1 added, 1 removed, 1 moved');
    expect(JSON.parse((await shop.succeed('up', '--json')).stdout).changed).toBe(true);

    const named = ['alice', 'bob', 'carol', 'dave', 'eve'];
    const byName = (user: string): Asked => ({ headers: { 'X-User-Id': user } });
    expect([...(await onCanary(named, byName))].sort()).toEqual(['bob', 'carol', 'dave']);
    expect(await workerOf()).toBe(worker);
    expect(JSON.parse((await shop.succeed('up', '--json')).stdout).changed).toBe(false);
    expect(plan + JSON.stringify(await shop.status())).not.toMatch(/alice|bob|carol|dave/);

    await shop.canaryCompose('restart', 'canary-proxy');
    await shop.untilShopAnswers();
    await until('the list is known again', async () => (await side(byName('dave'))) === 'canary');
    expect(await side(byName('alice'))).toBe('stable');
  });

  it('that HAProxy rejects are reported with its message, and the earlier ones stay', async () => {
    const current = await shop.read('canary.yaml');
    await shop.write('canary.yaml', current.replace('"^2"', '"^(2"'));
    const { exitCode, stderr } = await shop.canary('up');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/regex.*\^\(2/);
    expect(await side({ path: '?v=2' })).toBe('canary');
    await shop.write('canary.yaml', current);
    expect(JSON.parse((await shop.succeed('up', '--json')).stdout).changed).toBe(false);
  });

  const matched: [string, Asked][] = [
    ['a header', { headers: { 'X-Beta': '1' } }],
    ['a list', { headers: { 'X-User-Id': 'bob' } }],
    ['the forcing header', { headers: { 'X-Canary': 'canary' } }],
    ['the weight', { headers: { 'X-User-Id': 'anybody' } }],
  ];

  it('are ignored while the canary is paused, and when an abort begins', async () => {
    await shop.succeed('weight', '100');
    expect(await sidesOf(matched)).toEqual(allOn(matched, 'canary'));
    await shop.succeed('pause');
    expect(await sidesOf(matched)).toEqual(allOn(matched, 'stable'));
    await shop.succeed('resume');
    expect(await sidesOf(matched)).toEqual(allOn(matched, 'canary'));
    // What `abort` and `revert` do first, while the canary still runs.
    await trafficOff({ context: contextIn(shop.directory) }, await project());
    expect(await sidesOf(matched)).toEqual(allOn(matched, 'stable'));
    await shop.succeed('weight', '100');
    expect(await sidesOf(matched)).toEqual(allOn(matched, 'canary'));
  });

  it('are ignored while the breaker has taken the canary out', async () => {
    await letCanaryFail(shop, 1);
    await until('the breaker takes it out', async () => {
      await Promise.all(users.slice(0, 20).map(() => sidesOf(matched)));
      return (await shop.status()).release.reason.includes('breaker');
    });
    await letCanaryFail(shop, 0);
    expect(await sidesOf(matched)).toEqual(allOn(matched, 'stable'));
  });

  it('identify a user by their address, and set no cookie then', async () => {
    await shop.write('canary.yaml', original.replace(PLACES, '[header:X-User-Id, source]'));
    await shop.succeed('up');
    await shop.succeed('resume');
    await shop.succeed('weight', '50');
    const answers = await Promise.all(users.slice(0, 20).map(() => side({})));
    expect(new Set(answers).size).toBe(1);
    expect((await fetch(shop.url)).headers.get('set-cookie')).toBeNull();
  });
});
