import { expect, test } from 'vitest';
import { VERSION } from '../../src/main.ts';
import { canary } from '../support/fixture-cli.ts';
import { emptyFolder } from '../support/fixture-project.ts';

const COMMANDS = [
  'init',
  'branch',
  'apply',
  'push',
  'render',
  'plan',
  'map',
  'up',
  'down',
  'deploy',
  'weight',
  'pause',
  'resume',
  'promote',
  'abort',
  'revert',
  'status',
  'wait',
  'analyze',
  'check',
  'history',
  'doctor',
];

test('--help lists every command, every global option and every exit code', async () => {
  const { stdout, stderr, exitCode } = await canary(await emptyFolder(), ['--help']);
  for (const name of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name} .*\\S`, 'm'));
  for (const option of ['-C', '-f', '-p', '--env-file', '--profile', '--config', '--json', '-q'])
    expect(stdout).toContain(option);
  for (const code of [0, 1, 2, 3, 4, 5, 6, 130])
    expect(stdout).toMatch(new RegExp(`^  ${code} +\\w`, 'm'));
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
});

test.each(COMMANDS)('%s --help tells its options', async (name) => {
  const { stdout, exitCode } = await canary(await emptyFolder(), [name, '--help']);
  expect(stdout).toMatch(new RegExp(`^Usage: canary ${name}`));
  expect(exitCode).toBe(0);
});

test('--version is the version alone', async () => {
  expect(await canary(await emptyFolder(), ['--version'])).toEqual({
    stdout: `${VERSION}\n`,
    stderr: '',
    exitCode: 0,
  });
});

test('the Docker CLI asks the plugin who it is', async () => {
  const { stdout, exitCode } = await canary(await emptyFolder(), ['docker-cli-plugin-metadata']);
  expect(JSON.parse(stdout)).toEqual({
    SchemaVersion: '0.1.0',
    Vendor: 'compose-canary',
    Version: VERSION,
    ShortDescription: 'Canary deployments for docker compose',
  });
  expect(exitCode).toBe(0);
});

test('`docker canary ARGS` is `canary ARGS`', async () => {
  const folder = await emptyFolder();
  expect(await canary(folder, ['canary', '--version'])).toEqual(
    await canary(folder, ['--version']),
  );
  expect(await canary(folder, ['canary', 'map'])).toEqual(await canary(folder, ['map']));
});
