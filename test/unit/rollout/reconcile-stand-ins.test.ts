import { expect, test } from 'vitest';
import type { ObservedContainer } from '../../../src/rollout/observed.ts';
import { type Desired, reconcile } from '../../../src/rollout/reconcile.ts';
import { formatPlan } from '../../../src/ui/plan-view.ts';
import {
  ABSENT_PROXY,
  BEHIND_PROXY,
  DEFINITION,
  NEW,
  observed,
  PLAIN,
  situation,
  stable,
  standIn,
} from '../../support/fixture-observed.ts';

/** Hidden services have something that plain Compose takes for them. */
const plan = (
  containers: readonly ObservedContainer[],
  desired: Desired = { proxy: 'running' },
  proxy: Parameters<typeof observed>[1] = {},
) =>
  formatPlan(
    reconcile(
      desired,
      observed(containers, proxy),
      situation([NEW], { standIns: { frontend: DEFINITION } }),
    ),
  );
const PLACE = 'hide frontend from plain docker compose';

test('`up` ends with a stand-in for the entry that it hides', () => {
  const steps = plan(PLAIN, undefined, ABSENT_PROXY).split('\n');
  expect(steps[0]).toContain('hand the port of frontend to the proxy');
  expect(steps.at(-1)).toContain(PLACE);
});

test('nothing is done while it stands', () => {
  expect(plan([...BEHIND_PROXY, standIn('frontend')])).toBe('Nothing to do.');
});

test.each([
  ['is missing', BEHIND_PROXY, 'must leave it alone'],
  [
    'was made of another definition',
    [...BEHIND_PROXY, standIn('frontend', { definition: 'older' })],
    'must leave it alone',
  ],
  [
    'was replaced by what plain Compose could not start',
    [...BEHIND_PROXY, { ...stable('frontend'), id: 'new', role: 'stray', state: 'created' }],
    'tried to replace it',
  ],
] as const)('it is made anew if it %s', (_, containers, cause) => {
  expect(plan(containers)).toMatch(new RegExp(`^1\\. ${PLACE} .*${cause}`));
});

test('a promotion renews it, for plain Compose then compares with the promoted image', () => {
  const promote = { commit: NEW, branch: 'main' };
  const steps = plan([...BEHIND_PROXY, standIn('frontend')], { promote, canary: null }).split('\n');
  expect(steps.at(-1)).toContain(PLACE);
});

test('a stable that plain Compose started beside the proxy is handed over again', () => {
  const world = [...BEHIND_PROXY, stable('frontend', { id: 'plain', publishedPorts: [3000] })];
  expect(plan(world)).toContain('hand the port of frontend to the proxy');
});

test('`down` removes it first', () => {
  const steps = plan([...BEHIND_PROXY, standIn('frontend')], { proxy: 'absent' }).split('\n');
  expect(steps[0]).toContain('show frontend to plain docker compose again');
  expect(steps[1]).toContain('give the port back to frontend');
});
