import { describe, expect, test } from 'vitest';
import { canary } from '../support/fixture-cli.ts';
import { emptyFolder } from '../support/fixture-project.ts';

const COMMANDS = 'Run `canary --help` to see the commands.';
const takes = (command: string) => `Run \`canary ${command} --help\` to see what it takes.`;
const WEIGHT =
  'is not a weight. A weight is a share of users in percent, from 0 to 100 in steps of 0.01.';

describe.each([
  [['bogus'], 'Unknown command `bogus`.', COMMANDS],
  [['stauts'], 'Unknown command `stauts`.', `Did you mean \`status\`? ${COMMANDS}`],
  // Nothing that would end a canary is offered.
  [['restart'], 'Unknown command `restart`.', COMMANDS],
  [['dow'], 'Unknown command `dow`.', COMMANDS],
  [['--bogus'], 'Unknown option `--bogus`.', COMMANDS],
  [['up', 'now'], 'Too many arguments for `up`. Expected 0 arguments but got 1.', takes('up')],
  [
    ['deploy', '--image', 'web'],
    '`web` is not SERVICE=IMAGE or SERVICE@sha256:….',
    takes('deploy'),
  ],
  [['deploy', '--set', '1X=2'], '`1X=2` is not NAME=VALUE.', takes('deploy')],
  [['deploy', '--branch'], 'Option `-b, --branch <name>` argument missing.', takes('deploy')],
  [['weight'], 'Missing required argument `percent`.', takes('weight')],
  [['weight', '101'], `\`101\` ${WEIGHT}`, takes('weight')],
  [['weight', 'abc'], `\`abc\` ${WEIGHT}`, takes('weight')],
  [['weight', '1e9'], `\`1e9\` ${WEIGHT}`, takes('weight')],
  [['deploy', '--branch', 'x', '--weight', ',5'], `\`,5\` ${WEIGHT}`, takes('deploy')],
  [['weight', '-5'], `\`-5\` ${WEIGHT}`, takes('weight')],
  [['deploy', '--branch', 'x', '--weight', '0.001'], `\`0.001\` ${WEIGHT}`, takes('deploy')],
  [['map', '--format', 'pdf'], '`pdf` is none of text, mermaid, dot, json.', takes('map')],
  [
    ['map', '--format', 'mermiad'],
    '`mermiad` is none of text, mermaid, dot, json. Did you mean `mermaid`?',
    takes('map'),
  ],
  [
    ['deploy', '--brnach', 'x'],
    'Unknown option `--brnach`.',
    `Did you mean \`--branch\`? ${takes('deploy')}`,
  ],
  // The unknown option is said first: what is missing may be what it was meant to be.
  [
    ['analyze', '--repaly', 'x'],
    'Unknown option `--repaly`.',
    `Did you mean \`--replay\`? ${takes('analyze')}`,
  ],
  [['weight', '--wieght'], 'Unknown option `--wieght`.', takes('weight')],
  [['help', 'stauts'], 'Unknown command `stauts`.', `Did you mean \`status\`? ${COMMANDS}`],
  [['help', 'dow'], 'Unknown command `dow`.', COMMANDS],
  [
    ['help', 'remote', 'ad'],
    'Unknown command `remote ad`.',
    `Did you mean \`remote add\`? ${COMMANDS}`,
  ],
])('canary %s', (argv, message, hint) => {
  test('is rejected in words', async () => {
    expect(await canary(await emptyFolder(), argv)).toEqual({
      stdout: '',
      stderr: `✖ ${message}\n  ${hint}\n`,
      exitCode: 2,
    });
  });

  test('is rejected in JSON', async () => {
    const { stdout, stderr, exitCode } = await canary(await emptyFolder(), [...argv, '--json']);
    expect(JSON.parse(stdout).error).toEqual({ code: 'usage', message, hint });
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 2 });
  });
});

test.each([
  [[], 'There is nothing to deploy yet.'],
  [['--branch', 'x', '--tag', '2'], 'A release is of a branch or of images, not of both.'],
  [['--tag', '2', '--apply', 'x.patch'], '`--apply` and `--remote` need a branch.'],
  [['--pull', '--remote', 'live'], '`--apply` and `--remote` need a branch.'],
])('canary deploy %s is rejected', async (argv, message) => {
  const { stderr, exitCode } = await canary(await emptyFolder(), ['deploy', ...argv]);
  expect(stderr).toContain(`✖ ${message}\n`);
  expect(exitCode).toBe(2);
});

test.each([['analyze'], ['receive']])('%s names the option that it needs', async (name) => {
  const { stderr, exitCode } = await canary(await emptyFolder(), [name]);
  expect(stderr).toMatch(/^✖ Option `--(replay <journal>|repository <dir>)` is missing\./);
  expect(exitCode).toBe(2);
});

test('`plan --weight` without anything to deploy is refused, not ignored', async () => {
  const { stderr, exitCode } = await canary(await emptyFolder(), ['plan', '-w', '5']);
  expect(stderr).toContain('`--weight` plans a deploy, and nothing to deploy is named.');
  expect(exitCode).toBe(2);
});

test('`canary` alone shows the commands', async () => {
  const { stdout, stderr } = await canary(await emptyFolder(), []);
  expect(`${stdout}${stderr}`).toContain('Usage: canary');
  expect(`${stdout}${stderr}`).not.toContain('outputHelp');
});
