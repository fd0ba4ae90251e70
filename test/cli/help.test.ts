import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { buildProgram } from '../../src/cli/program.ts';
import { EXIT } from '../../src/errors.ts';
import { VERSION } from '../../src/main.ts';
import { canary } from '../support/fixture-cli.ts';
import { emptyFolder } from '../support/fixture-project.ts';

const { commands } = buildProgram(async () => undefined, VERSION);
const COMMANDS = commands.map((command) => command.name());
const SUBCOMMANDS = commands.flatMap((command) =>
  command.commands.map((each) => `${command.name()} ${each.name()}`),
);

test('--help lists every command, every global option and every exit code', async () => {
  const { stdout, stderr, exitCode } = await canary(await emptyFolder(), ['--help']);
  for (const name of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name} .*\\S`, 'm'));
  for (const option of ['-C', '-f', '-p', '--env-file', '--profile', '--config', '--json', '-q'])
    expect(stdout).toContain(option);
  for (const code of Object.values(EXIT))
    expect(stdout).toMatch(new RegExp(`^  ${code} +\\w`, 'm'));
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
});

test.each([...COMMANDS, ...SUBCOMMANDS])('%s --help lists its options', async (name) => {
  const { stdout, exitCode } = await canary(await emptyFolder(), [...name.split(' '), '--help']);
  expect(stdout).toMatch(new RegExp(`^Usage: canary ${name}`));
  expect(exitCode).toBe(0);
});

test('--help loads no packages except the parser and the colours', async () => {
  expect(await packagesOf(new URL('../../src/main.ts', import.meta.url))).toEqual([
    '@commander-js/extra-typings',
    'chalk',
  ]);
});

/** The packages that a file and its imports load at start. */
async function packagesOf(file: URL, seen = new Set<string>()): Promise<string[]> {
  if (seen.has(file.href)) return [];
  seen.add(file.href);
  const imports = (await readFile(file, 'utf8')).matchAll(/^import (?!type\b)[^;']*'([^']+)'/gm);
  const found = [...imports].map(async ([, name = '']) => {
    if (name.startsWith('.')) return packagesOf(new URL(name, file), seen);
    return name.startsWith('node:') ? [] : [name];
  });
  return [...new Set((await Promise.all(found)).flat())].sort();
}

test('--version prints only the version', async () => {
  expect(await canary(await emptyFolder(), ['--version'])).toEqual({
    stdout: `${VERSION}\n`,
    stderr: '',
    exitCode: 0,
  });
});

test('the plugin answers the Docker CLI with its metadata', async () => {
  const { stdout, exitCode } = await canary(await emptyFolder(), ['docker-cli-plugin-metadata']);
  expect(JSON.parse(stdout)).toEqual({
    SchemaVersion: '0.1.0',
    Vendor: 'compose-canary',
    Version: VERSION,
    ShortDescription: 'Canary deployments for docker compose',
  });
  expect(exitCode).toBe(0);
});

test('`docker canary ARGS` equals `canary ARGS`', async () => {
  const folder = await emptyFolder();
  expect(await canary(folder, ['canary', '--version'])).toEqual(
    await canary(folder, ['--version']),
  );
  expect(await canary(folder, ['canary', 'map'])).toEqual(await canary(folder, ['map']));
});
