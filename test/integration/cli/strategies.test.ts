import { expect, test } from 'vitest';
import { canaryAndChanges, problemsIn } from '../../support/fixture-cli.ts';
import { CANARY, repository, SHOP_FILES } from '../../support/fixture-project.ts';

const shopWith = (settings: string) =>
  repository({ ...SHOP_FILES, 'canary.yaml': `${CANARY}${settings}\n` });

const BLUE_GREEN = `✖ Blue-green allows only the weights 0 and 100.
  \`canary weight 100\` moves every user at once, \`canary weight 0\` moves them back.
`;
const AB = `✖ The split of an A/B test cannot be changed.
  Its share is \`strategy: { ab: { weight: N } }\` in canary.yaml. \`canary pause\` takes the users off for a while, \`canary abort\` ends the test.
`;

test.each([
  ['strategy: blue-green', BLUE_GREEN, ['weight', '50']],
  ['strategy: blue-green', BLUE_GREEN, ['deploy', '--branch', 'main', '--weight', '0.01']],
  ['strategy: blue-green', BLUE_GREEN, ['plan', '--branch', 'main', '--weight', '99.99']],
  ['strategy: ab', AB, ['weight', '0']],
  ['strategy: ab', AB, ['deploy', '--branch', 'main', '--weight', '20']],
])('%s rejects a weight that it does not allow', async (settings, stderr, argv) => {
  const folder = await shopWith(settings);
  expect(await canaryAndChanges(folder, argv)).toEqual({
    stdout: '',
    stderr,
    exitCode: 2,
    changes: [],
  });
});

test('settings in canary.yaml that conflict are reported with their lines', async () => {
  const folder = await shopWith('strategy: rolling\nsteps: [{ weight: 5, for: 5m }]');
  const line = CANARY.split('\n').length + 1;
  const { stderr, ...rest } = await canaryAndChanges(folder, ['render']);
  expect(problemsIn(stderr)).toEqual([
    `line ${line}, column 8, steps: need \`strategy: canary\`; this is rolling`,
  ]);
  expect(rest).toEqual({ stdout: '', exitCode: 2, changes: [] });
});

test('the rejection has an error code', async () => {
  const folder = await shopWith('strategy: blue-green');
  const { stdout } = await canaryAndChanges(folder, ['weight', '50', '--json']);
  expect(JSON.parse(stdout).error.code).toBe('strategy-refuses');
});
