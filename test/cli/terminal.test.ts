import { expect, test } from 'vitest';
import { canary } from '../support/fixture-cli.ts';
import { repository } from '../support/fixture-project.ts';

const EVIL = 'next\u001b[2J\u009b2J\u202e';

test.each([
  [['branch', EVIL]],
  [['deploy', '--branch', EVIL]],
  [['revert', EVIL]],
  [['remote', 'add', 'deploy', EVIL]],
  [['no-such-command', EVIL]],
  [[`--${EVIL}`]],
])('what an argument contains is only shown: %j', async (args) => {
  const folder = await repository();
  for (const argv of [args, ['--json', ...args]]) {
    const { stdout, stderr, exitCode } = await canary(folder, argv);
    expect(exitCode).not.toBe(0);
    expect(stdout + stderr).toMatch(/^(?:[^\p{Cc}\u202e]|[\n\t])*$/u);
  }
});
