import { expect, test } from 'vitest';
import { canaryAndChanges, problemsIn } from '../../support/fixture-cli.ts';
import { CANARY, repository, SHOP_FILES } from '../../support/fixture-project.ts';

test('invalid checks are reported with their lines, all at once', async () => {
  const settings = `analysis:
  shape: { allow: [coupon] }
  checks:
    - { get: health }
    - { post: /cart }
    - { get: /, expect: { status: fine } }
`;
  const folder = await repository({ ...SHOP_FILES, 'canary.yaml': `${CANARY}${settings}` });
  const line = CANARY.split('\n').length;
  const { stderr, ...rest } = await canaryAndChanges(folder, ['render']);
  expect(problemsIn(stderr)).toEqual([
    `line ${line + 1}, column 20, analysis.shape.allow.0: is not a path such as \`$[].coupon\`, \`$.items[*].price\` or \`main > form\``,
    `line ${line + 3}, column 14, analysis.checks.0.get: is not a path such as /health: it begins with /, without blanks`,
    `line ${line + 4}, column 7, analysis.checks.1: needs \`expect\`: only the answer to a \`get\` is compared with the stable`,
    `line ${line + 5}, column 35, analysis.checks.2.expect.status.0: is not a status such as 200`,
  ]);
  expect(rest).toEqual({ stdout: '', exitCode: 2, changes: [] });
});

test('a check of a service that was not chosen is reported', async () => {
  const settings = 'analysis: { checks: [{ get: /, service: db }] }\n';
  const folder = await repository({ ...SHOP_FILES, 'canary.yaml': `${CANARY}${settings}` });
  const { stderr, exitCode } = await canaryAndChanges(folder, ['render']);
  const line = CANARY.split('\n').length;
  expect(stderr).toContain(
    `│ line ${line}, column 22, analysis.checks.0: \`db\` is not among the chosen services\n`,
  );
  expect(exitCode).toBe(2);
});
