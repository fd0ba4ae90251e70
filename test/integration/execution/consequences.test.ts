import { expect, test } from 'vitest';
import { consequences } from '../../../src/execution/consequences.ts';
import type { OperationAction } from '../../../src/rollout/operation.ts';
import { modelOf } from '../../support/fixture-model.ts';
import { observed, stable } from '../../support/fixture-observed.ts';

const MODEL = modelOf({
  db: { image: 'postgres:17' },
  cache: { image: 'redis:7' },
  web: { image: 'web', environment: { DATABASE_URL: 'postgres://db/shop' } },
  api: { image: 'api', environment: { DATABASE_URL: 'postgres://db/shop' } },
  front: { image: 'front', networks: { outside: null }, environment: { API: 'http://api:80' } },
});
const RUNNING = observed(['web', 'api', 'front'].map((service) => stable(service)));

function told(...operations: OperationAction[]) {
  const plan = operations.map((each) => ({ ...each, cause: 'a test' }));
  return consequences({ model: MODEL }, RUNNING, plan);
}

test.each<[OperationAction]>([
  [{ kind: 'take-ports', services: ['web'] }],
  [{ kind: 'return-ports', services: ['web'] }],
  [{ kind: 'link-callers', services: ['web'] }],
  [{ kind: 'unlink-callers', services: ['web'] }],
  [{ kind: 'restart-callers', services: ['web'] }],
  [{ kind: 'replace-stable', services: ['web'], commit: 'a' }],
  [{ kind: 'refresh-stable', services: ['web'] }],
  [{ kind: 'restore-stable', services: ['web'], commit: 'a' }],
])('that a service starts once more on its database is said: %o', async (operation) => {
  expect(await told(operation)).toEqual([
    '`web` starts once more on the database `db`: what it does when it starts, it does again.',
  ]);
});

test('of several at once, each named once', async () => {
  expect(
    await told(
      { kind: 'take-ports', services: ['web', 'front'] },
      { kind: 'link-callers', services: ['web', 'api'] },
    ),
  ).toEqual([
    '`web`, `api` start once more on the database `db`: what they do when they start, they do again.',
  ]);
});

test('not of what has no database, does not run yet, or only the canary starts', async () => {
  expect(await told({ kind: 'take-ports', services: ['front'] })).toEqual([]);
  expect(await told({ kind: 'start-canary', services: ['web'], commit: 'a' })).toEqual([]);
  const first = [{ kind: 'take-ports', services: ['web'], cause: 'a test' }] as const;
  expect(await consequences({ model: MODEL }, observed([]), first)).toEqual([]);
});

test('that the ports of a proxy that serves users are closed while it is recreated', async () => {
  const plan = [{ kind: 'start-proxy', cause: 'a test' }] as const;
  const serving = {
    ...stable('canary-proxy'),
    role: 'proxy',
    publishedPorts: [3000, 13_000],
  } as const;
  const said = await consequences({ model: MODEL }, observed([serving]), plan);
  expect(said).toEqual([
    expect.stringMatching(
      /^The proxy is recreated: ports 3000, 13000 are closed until it has started/,
    ),
  ]);
  const stopped = { ...serving, state: 'exited' };
  expect(await consequences({ model: MODEL }, observed([stopped]), plan)).toEqual([]);
  expect(await consequences({ model: MODEL }, observed([serving]), [])).toEqual([]);
});
