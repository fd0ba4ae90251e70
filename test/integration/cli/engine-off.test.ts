import { expect, test } from 'vitest';
import { canary, canaryAndChanges, engineOff } from '../../support/fixture-cli.ts';
import { branch, repository, SHOP_FILES } from '../../support/fixture-project.ts';

const NEEDS_ENGINE = [
  ['up'],
  ['down'],
  ['plan'],
  ['deploy', '--branch', 'cheaper'],
  ['weight', '5'],
  ['promote'],
  ['status'],
];

test.each(NEEDS_ENGINE)('%s says that the engine is off and changes nothing', async (...argv) => {
  const folder = await repository();
  await branch(folder, 'cheaper', { 'frontend/new': 'x' });
  const { stdout, stderr, exitCode, changes } = await canaryAndChanges(
    folder,
    argv,
    await engineOff(),
  );
  const lines = stderr.trimEnd().split('\n');
  expect(lines[0]).toBe('✖ Docker Engine does not answer.');
  expect(lines.at(-1)).toBe(
    '  Start it (for instance `systemctl start docker`), then run `canary doctor`.',
  );
  expect({ stdout, exitCode, changes }).toEqual({ stdout: '', exitCode: 6, changes: [] });
});

test.each([
  ['no compose file that can be read', 'docker-compose.yml', 'services: ['],
  ['no canary.yaml that can be read', 'canary.yaml', 'services: ['],
])('with %s either, the engine is reported', async (_, path, text) => {
  const folder = await repository({ ...SHOP_FILES, [path]: text });
  const { stdout, exitCode } = await canary(folder, ['status', '--json'], await engineOff());
  expect(JSON.parse(stdout).error.code).toBe('engine-unreachable');
  expect(exitCode).toBe(6);
});

test.each([
  ['map', []],
  // The override mounts the proxy's configuration and maps, which are written where git ignores them.
  [
    'render',
    [
      '.canary/.gitignore',
      ...['haproxy.cfg', 'users.map', 'weights.map'].map((name) => `.canary/proxy/${name}`),
    ],
  ],
])('%s needs no engine', async (command, written) => {
  const { stderr, exitCode, changes } = await canaryAndChanges(
    await repository(),
    [command],
    await engineOff(),
  );
  expect({ stderr, exitCode, changes }).toEqual({ stderr: '', exitCode: 0, changes: written });
});

test('doctor reports what is missing and what is there', async () => {
  const { stdout, exitCode } = await canary(
    await repository(),
    ['doctor', '--json'],
    await engineOff(),
  );
  const findings: { name: string; ok: boolean }[] = JSON.parse(stdout).findings;
  expect(Object.fromEntries(findings.map(({ name, ok }) => [name, ok]))).toEqual({
    engine: false,
    compose: true,
    git: true,
    project: true,
    disk: true,
  });
  expect(exitCode).toBe(6);
});
