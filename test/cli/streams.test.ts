import { Readable, Writable } from 'node:stream';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/main.ts';
import { canary } from '../support/fixture-cli.ts';
import { emptyFolder, repository } from '../support/fixture-project.ts';

const BIN = new URL('../../bin/canary.js', import.meta.url).pathname;
const COLOR = '\u001b[';

const bash = (script: string, cwd: string) => execa('bash', ['-c', script], { cwd, reject: false });

describe('output that cannot be written', () => {
  test.each(['--help', '--version', 'history', '--json history'])(
    '%s says so and fails',
    async (args) => {
      const { exitCode, stderr } = await bash(`${BIN} ${args} > /dev/full`, await repository());
      expect(stderr).toContain('✖ The output cannot be written: ');
      expect(exitCode).toBe(1);
    },
  );

  test('keeps the exit code of what failed anyway', async () => {
    const script = `${BIN} --json nonsense > /dev/full`;
    expect((await bash(script, await emptyFolder())).exitCode).toBe(2);
  });

  test('is no error if the reader has gone', async () => {
    const script = `${BIN} --help | true; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = await bash(script, await emptyFolder());
    expect({ stdout, stderr }).toEqual({ stdout: '0', stderr: '' });
  });
});

describe('colours', () => {
  /** What is written to standard error by a wrong command line. */
  async function written(
    args: readonly string[],
    env: Record<string, string>,
    isTTY: boolean,
  ): Promise<string> {
    let text = '';
    const collect = () =>
      Object.assign(
        new Writable({
          write(chunk: Buffer, _, done) {
            text += chunk.toString();
            done();
          },
        }),
        { isTTY },
      );
    const streams = { stdout: collect(), stderr: collect(), stdin: Readable.from([]) };
    await main(args, {
      ...streams,
      env: { PATH: process.env.PATH, ...env },
      cwd: await emptyFolder(),
    });
    return text;
  }

  test.each([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ TERM: 'dumb' }, true, false],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: 'true', NO_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ FORCE_COLOR: '' }, false, false],
  ])('with %j on a terminal: %j are %j', async (env, isTTY, isColored) => {
    // One error of the parser of the command line, one of a command.
    for (const args of [['nonsense'], ['status']])
      expect((await written(args, env, isTTY)).includes(COLOR), args[0]).toBe(isColored);
  });

  test('are never there with --no-color', async () => {
    for (const args of [
      ['--no-color', 'nonsense'],
      ['--no-color', 'status'],
    ])
      expect(await written(args, { FORCE_COLOR: '1' }, true)).not.toContain(COLOR);
  });
});

test('-q leaves out progress, not the result', async () => {
  const folder = await repository();
  const loud = await canary(folder, ['history']);
  expect(await canary(folder, ['-q', 'history'])).toEqual(loud);
  expect(loud.stdout).toBe('No release yet.\n');
});
