import { describe, expect, test } from 'vitest';
import { canary } from '../support/fixture-cli.ts';
import { emptyFolder } from '../support/fixture-project.ts';

const HINT = 'Run `canary --help` to see the commands, `canary COMMAND --help` for one of them.';
const WEIGHT =
  'is not a weight. A weight is a share of users in percent, from 0 to 100 in steps of 0.01.';

describe.each([
  [['bogus'], "Unknown command 'bogus'."],
  [['stauts'], "Unknown command 'stauts' (Did you mean status?)"],
  // Nothing that would end a canary is offered.
  [['restart'], "Unknown command 'restart'."],
  [['dow'], "Unknown command 'dow'."],
  [['--bogus'], "Unknown option '--bogus'."],
  [['up', 'now'], "Too many arguments for 'up'. Expected 0 arguments but got 1."],
  [['deploy', '--image', 'web'], '`web` is not SERVICE=IMAGE or SERVICE@sha256:….'],
  [['deploy', '--set', '1X=2'], '`1X=2` is not NAME=VALUE.'],
  [['deploy', '--branch'], "Option '-b, --branch <name>' argument missing."],
  [['weight'], "Missing required argument 'percent'."],
  [['weight', '101'], `\`101\` ${WEIGHT}`],
  [['weight', 'abc'], `\`abc\` ${WEIGHT}`],
  [['weight', '1e9'], `\`1e9\` ${WEIGHT}`],
  [['deploy', '--branch', 'x', '--weight', ',5'], `\`,5\` ${WEIGHT}`],
  [['weight', '-5'], `\`-5\` ${WEIGHT}`],
  [['deploy', '--branch', 'x', '--weight', '0.001'], `\`0.001\` ${WEIGHT}`],
  [['map', '--format', 'pdf'], '`pdf` is none of text, mermaid, dot, json.'],
  [
    ['map', '--format', 'mermiad'],
    '`mermiad` is none of text, mermaid, dot, json. Did you mean `mermaid`?',
  ],
  [['deploy', '--brnach', 'x'], "Unknown option '--brnach' (Did you mean --branch?)"],
  // The unknown option is said first: what is missing may be what it was meant to be.
  [['analyze', '--repaly', 'x'], "Unknown option '--repaly' (Did you mean --replay?)"],
  [['weight', '--wieght'], "Unknown option '--wieght'."],
  [['help', 'stauts'], "Unknown command 'stauts' (Did you mean status?)"],
  [['help', 'dow'], "Unknown command 'dow'."],
  [['help', 'remote', 'ad'], "Unknown command 'remote ad' (Did you mean remote add?)"],
])('canary %s', (argv, message) => {
  test('is rejected in words', async () => {
    const outcome = await canary(await emptyFolder(), argv);
    expect({ ...outcome, stderr: outcome.stderr.replace('\n(', ' (') }).toEqual({
      stdout: '',
      stderr: `✖ ${message}\n  ${HINT}\n`,
      exitCode: 2,
    });
  });

  test('is rejected in JSON', async () => {
    const { stdout, stderr, exitCode } = await canary(await emptyFolder(), [...argv, '--json']);
    const { error } = JSON.parse(stdout);
    expect({ ...error, message: error.message.replace('\n(', ' (') }).toEqual({
      code: 'usage',
      message,
      hint: HINT,
    });
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
