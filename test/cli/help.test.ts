import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { EXAMPLES } from '../../src/cli/examples.ts';
import { pathOf, visibleCommands } from '../../src/cli/help-style.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { EXIT } from '../../src/errors.ts';
import { VERSION } from '../../src/main.ts';
import { canary } from '../support/fixture-cli.ts';
import { emptyFolder } from '../support/fixture-project.ts';

const { commands } = buildProgram(async () => undefined, VERSION);
const COMMANDS = commands.map((command) => command.name()).filter((name) => name !== 'receive');
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

test('--help shows the commands in groups, and not the one that only git runs', async () => {
  const { stdout } = await canary(await emptyFolder(), ['--help']);
  const headings = stdout.match(/^\S.*:$/gm);
  expect(headings).toEqual([
    ...['Options:', 'Set up:', 'Release:', 'Steer:', 'Look:', 'Git:', 'Server:', 'Help:'],
    'Exit codes:',
  ]);
  expect(stdout).not.toContain('receive');
});

test.each([...COMMANDS, ...SUBCOMMANDS])(
  '%s --help shows examples, the global options, and no empty defaults',
  async (name) => {
    const { stdout } = await canary(await emptyFolder(), [...name.split(' '), '--help']);
    expect(stdout).toContain('Global Options:');
    expect(stdout).toContain('--no-color');
    expect(stdout).not.toMatch(/default: (\[\]|\{\}|false|none|"")/);
    if (!['help', 'remote', 'notify', 'lock'].includes(name))
      expect(stdout).toMatch(/^Examples:\n {2}\S/m);
  },
);

test('every example is a command line that canary accepts', async () => {
  const known = visibleCommands(buildProgram(async () => undefined, VERSION)).map(pathOf);
  for (const [name, examples] of Object.entries(EXAMPLES)) {
    expect(known).toContain(name);
    for (const example of examples) {
      const [, line = ''] = /\bcanary ([^)>]*)/.exec(example) ?? [];
      const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(
        ([, quoted, bare]) => quoted ?? bare,
      );
      let ran = 0;
      const program = buildProgram(async () => void ran++, VERSION);
      program.exitOverride();
      await program.parseAsync(words as string[], { from: 'user' });
      expect({ example, ran }).toEqual({ example, ran: 1 });
    }
  }
});

test.each([
  [['help'], 'Usage: canary [options] [command]', 0],
  [['help', 'deploy'], 'Usage: canary deploy', 0],
  [['help', 'remote', 'add'], 'Usage: canary remote add', 0],
])('%j shows help', async (argv, begins, code) => {
  const { stdout, stderr, exitCode } = await canary(await emptyFolder(), argv);
  expect(stdout.startsWith(begins)).toBe(true);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: code });
});

test('--help loads no packages except the parser, the colours and what finds the nearest name', async () => {
  expect(await packagesOf(new URL('../../src/main.ts', import.meta.url))).toEqual([
    '@commander-js/extra-typings',
    'chalk',
    'fastest-levenshtein',
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
