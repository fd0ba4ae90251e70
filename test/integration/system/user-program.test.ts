import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { programRunner } from '../../../src/system/user-program.ts';
import { emptyFolder } from '../../support/fixture-project.ts';
import { within } from '../../support/patience.ts';
import { until } from '../../support/storedog.ts';

const runProgram = programRunner({ PATH: process.env.PATH, OWN: 'own' });

/** Ends programs that would not end; before that, a shell on any machine has written its output. */
const SHORT = within(500);
const LONG = within(30_000);

async function inShell(script: string, timeout = LONG, signal?: AbortSignal) {
  const cwd = await emptyFolder();
  const end = await runProgram(
    { argv: ['sh', '-c', script], cwd, facts: { FACT: 'fact' }, timeout },
    signal,
  );
  return { cwd, end };
}

/** Whether a process exists, by the file with its id. */
async function isAlive(pidFile: string): Promise<boolean> {
  try {
    process.kill(Number(await readFile(pidFile, 'utf8')), 0);
    return true;
  } catch {
    return false;
  }
}

test('a program returns its exit code and output, and runs without a shell', async () => {
  const cwd = await emptyFolder();
  const argv = ['printf', '%s\n', '$OWN `id`; exit 1'];
  expect(await runProgram({ argv, cwd, facts: {}, timeout: LONG })).toEqual({
    exitCode: 0,
    stdout: '$OWN `id`; exit 1',
    output: '$OWN `id`; exit 1',
  });
  const { end } = await inShell('echo "$OWN $FACT"; echo err >&2; exit 4');
  expect(end).toEqual({ exitCode: 4, stdout: 'own fact', output: 'own fact\nerr' });
});

test.each([
  [['./missing'], 'was not found'],
  [['/'], 'may not be run'],
  [['sh', '-c', 'kill -TERM $$'], 'was ended by SIGTERM'],
])('%j %s', async (argv, problem) => {
  const cwd = await emptyFolder();
  expect(await runProgram({ argv, cwd, facts: {}, timeout: LONG })).toMatchObject({ problem });
});

test('a program that writes without an end is ended', async () => {
  const { end } = await inShell('yes');
  expect(end).toMatchObject({ problem: 'wrote more than 10 MB, and was ended' });
  const onLine = () => undefined;
  const argv = ['sh', '-c', "tr '\\0' a < /dev/zero"];
  expect(await runProgram({ argv, cwd: '/', facts: {}, timeout: LONG, onLine })).toMatchObject({
    problem: 'wrote more than 10 MB, and was ended',
  });
});

test('a program that takes too long is ended with all its children, even if they ignore signals', async () => {
  const script = 'trap "" TERM; (trap "" TERM; sleep 600) & echo $! > pid; wait';
  const { cwd, end } = await inShell(script, SHORT);
  expect(end).toMatchObject({ problem: `did not end within ${SHORT} ms` });
  await until('its child is gone', async () => !(await isAlive(join(cwd, 'pid'))));
});

test('a child that left the process group does not block', async () => {
  const script = 'setsid sleep 600 & echo $! > pid; exit 0';
  const { cwd, end } = await inShell(script, SHORT);
  expect(end).toMatchObject({ problem: `did not end within ${SHORT} ms` });
  process.kill(Number(await readFile(join(cwd, 'pid'), 'utf8')), 'SIGKILL');
});

test('an abort ends a program, with its reason', async () => {
  const abort = new AbortController();
  const cwd = await emptyFolder();
  const ended = runProgram(
    {
      argv: ['sh', '-c', 'sleep 600 & echo $! > pid; echo begun; wait'],
      cwd,
      facts: {},
      timeout: LONG,
      onLine: () => abort.abort(new Error('Interrupted.')),
    },
    abort.signal,
  );
  await expect(ended).rejects.toThrow('Interrupted.');
  await until('its child is gone', async () => !(await isAlive(join(cwd, 'pid'))));
  await expect(inShell('true', LONG, abort.signal)).rejects.toThrow('Interrupted.');
});
