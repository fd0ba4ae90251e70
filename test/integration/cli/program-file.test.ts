import { execa } from 'execa';
import { expect, test } from 'vitest';
import { BIN } from '../../support/built-canary.ts';
import { emptyFolder } from '../../support/fixture-project.ts';

/** Node 20 takes some flags for its own, wherever they stand. */
test.each([[['--env-file', 'missing.env']], [['--env-file=missing.env']]])(
  '%j is a flag of canary, not of Node',
  async (flags) => {
    const cwd = await emptyFolder();
    const run = (...args: string[]) => execa(BIN, [...flags, ...args], { cwd, reject: false });
    expect(await run('--version')).toMatchObject({ exitCode: 0, stderr: '' });
    const { exitCode, stdout } = await run('status', '--json');
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout).error.code).toMatch(/^compose-file-/);
  },
);
