import { expect, test } from 'vitest';
import { canaryAndChanges, problemsIn } from '../../support/fixture-cli.ts';
import { CANARY, repository, SHOP_FILES } from '../../support/fixture-project.ts';

const shopWith = (settings: string) =>
  repository({ ...SHOP_FILES, 'canary.yaml': `${CANARY}${settings}` });
const FIRST_LINE = CANARY.split('\n').length;

test('errors in metrics, gates and hooks are reported with their lines', async () => {
  const folder = await shopWith(`analysis:
  prometheus:
    - { name: errors, url: http://prometheus:9090, query: "up{x={{y}}}", pass: "less than 1" }
  command:
    - { name: smoke, run: ./smoke.sh && ./other.sh }
steps:
  - { weight: 5, gates: [{ run: [./open.sh], get: "http://localhost/ready" }] }
hooks:
  preDeploy: [{ post: "mailto:ada@example.com" }]
  beforeAll: []
`);
  const { stderr, ...rest } = await canaryAndChanges(folder, ['render']);
  const at = (index: number, column: number) => `line ${FIRST_LINE + index}, column ${column}, `;
  expect(problemsIn(stderr)).toEqual([
    `${at(2, 59)}analysis.prometheus.0.query: has the unknown {{y}}; there are project, service, canaryService, stableBackend, canaryBackend, release, commit, now, now-5m`,
    `${at(2, 80)}analysis.prometheus.0.pass.0: is not a comparison such as "< 0.01"`,
    `${at(4, 27)}analysis.command.0.run: is not a list of a program and its arguments; no shell reads it`,
    `${at(6, 26)}steps.0.gates.0: has both \`run\` and \`get\`: make it two`,
    `${at(8, 23)}hooks.preDeploy.0.post: is not an address that begins with http://, https:// or a variable of the environment`,
    `${at(9, 3)}hooks.beforeAll: is not a setting this version knows`,
  ]);
  expect(rest).toEqual({ stdout: '', exitCode: 2, changes: [] });
});

test('the proxy publishes the port for Prometheus on this machine only', async () => {
  const { stdout, exitCode } = await canaryAndChanges(
    await shopWith('proxy: { metrics: 8405 }\n'),
    ['render'],
  );
  expect(exitCode).toBe(0);
  expect(stdout).toContain(`      - target: 8405
        published: "8405"
        host_ip: 127.0.0.1
`);
  const without = await canaryAndChanges(await shopWith(''), ['render']);
  expect(without.stdout).not.toContain('127.0.0.1');
});
