import { expect, test } from 'vitest';
import type { OperationAction, Plan } from '../../../src/rollout/operation.ts';
import type { ReleasedImage } from '../../../src/rollout/source.ts';
import { describeOperation, formatPlan } from '../../../src/ui/plan-view.ts';
import { NEW, SERVICES } from '../../support/fixture-observed.ts';

test('every operation is one sentence', () => {
  const services = SERVICES;
  const steps: OperationAction[] = [
    { kind: 'start-stable', services },
    { kind: 'take-ports', services },
    { kind: 'start-proxy' },
    { kind: 'reload-proxy' },
    { kind: 'set-weight', weight: 0 },
    { kind: 'set-weight', weight: 0.25 },
    { kind: 'send-everyone', to: 'stable' },
    { kind: 'send-everyone', to: 'canary' },
    { kind: 'set-users', added: 2, removed: 1, moved: 0 },
    { kind: 'drain', side: 'canary', services },
    { kind: 'build', services, commit: NEW },
    { kind: 'start-canary', services, commit: NEW },
    { kind: 'arm-breaker', services },
    { kind: 'await-ready', side: 'stable', services },
    { kind: 'check-canary', services },
    { kind: 'replace-stable', services, commit: NEW },
    { kind: 'advance-branch', branch: 'main', commit: NEW },
    { kind: 'restore-stable', services, commit: NEW },
    { kind: 'retire-canary', services },
    { kind: 'stop-proxy' },
    { kind: 'return-ports', services },
  ];
  expect(steps.map(describeOperation).join('\n')).toMatchInlineSnapshot(`
    "start frontend, discounts
    hand the port of frontend, discounts to the proxy
    start the proxy
    give the proxy its new configuration, without a gap
    send users to the canary by rules alone
    send 0.25 % of users to the canary
    send every user to the stable
    send every user to the canary
    change the lists of users: 2 added, 1 removed, 0 moved
    let open requests on the canary finish (frontend, discounts)
    build frontend, discounts at aaaaaaaaaaaa
    start the canary of frontend, discounts at aaaaaaaaaaaa
    arm the breaker of frontend, discounts again
    wait until the stable of frontend, discounts is ready
    check the answers of the canary of frontend, discounts
    replace the stable frontend, discounts by aaaaaaaaaaaa
    move branch main to aaaaaaaaaaaa
    put the stable frontend, discounts back to before aaaaaaaaaaaa
    remove the canary of frontend, discounts
    remove the proxy
    give the port back to frontend, discounts"
  `);
});

test('numbers and causes are aligned in columns', () => {
  const plan: Plan = Array.from({ length: 10 }, (_, index) => ({
    kind: 'set-weight',
    weight: index + 1,
    cause: `cause ${index}`,
  }));
  const lines = formatPlan(plan).split('\n');
  expect(lines[0]).toBe(' 1. send 1 % of users to the canary   (cause 0)');
  expect(lines[9]).toBe('10. send 10 % of users to the canary  (cause 9)');
});

test('an empty plan says so', () => {
  expect(formatPlan([])).toBe('Nothing to do.');
});

test('an image that this engine has is not called pulled', () => {
  const commit = NEW;
  const digest = `sha256:${'ab'.repeat(32)}`;
  const missing = { service: 'web', reference: 'reg/web:2', digest };
  const present = { service: 'job', reference: 'reg/job:2', imageId: 'sha256:cd' };
  const same = {
    service: 'api',
    reference: 'reg/api:1',
    imageId: 'sha256:ef',
    isSame: true as const,
  };
  const sentence = (...images: ReleasedImage[]) =>
    describeOperation({ kind: 'pull', images, commit });
  expect(sentence(missing, same)).toBe('pull web reg/web:2 (abababababab)');
  expect(sentence(missing, present)).toBe(
    'pull web reg/web:2 (abababababab), take job reg/job:2 from this engine',
  );
  expect(sentence(present)).toBe('take job reg/job:2 from this engine');
  expect(sentence(same)).toBe('keep the images of api');
});
