import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { underLiveView } from '../../src/cli/live-view.ts';
import type { Session } from '../../src/cli/session.ts';
import { CanaryError } from '../../src/errors.ts';
import { systemClock } from '../../src/system/clock.ts';
import { NOBODY } from '../support/fixture-context.ts';
import { TinyTerminal } from '../support/tiny-terminal.ts';

/** A session on a terminal, in a folder without a project: so every look fails, and is told. */
function sessionOn(terminal: TinyTerminal, runProgram: unknown) {
  const raw: boolean[] = [];
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (isRaw: boolean) => raw.push(isRaw),
  });
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
  stderr.on('data', (chunk: Buffer) => terminal.write(chunk.toString()));
  const globals = { directory: 'shop', file: ['a.yml'], envFile: [], profile: [], color: false };
  const session = {
    globals,
    streams: { stdin, stderr, stdout: new PassThrough(), env: { LANG: 'C.UTF-8' }, cwd: '/' },
    context: {
      clock: systemClock,
      signal: new AbortController().signal,
      options: { directory: '/nowhere', files: [] },
      prompt: { ...NOBODY, confirm: async () => raw.at(-1) === false },
      program: { node: 'node', script: 'canary.js' },
      runProgram,
    },
  } as unknown as Session;
  return { session, raw, type: (key: string) => stdin.emit('data', Buffer.from(key)) };
}

const step = { kind: 'start-proxy', cause: 'it is absent' } as const;

test('lines of the work stay above, a question has the terminal alone, and all is as before at the end', async () => {
  const terminal = new TinyTerminal(80, 24);
  const { session, raw } = sessionOn(terminal, undefined);
  const { result } = await underLiveView(session, { command: 'deploy' }, async (context) => {
    context.emit({ type: 'operation-started', operation: step });
    context.emit({ type: 'operation-finished', operation: step, ms: 1500 });
    return context.prompt.confirm('Go?');
  });
  expect(result).toBe(true);
  expect(raw).toEqual([true, false, true, false]);
  expect(terminal.isCursorShown).toBe(true);
  expect(terminal.screen).toMatch(/^✔ start the proxy 1\.5 s\n/);
});

test('the terminal is as before after an error too', async () => {
  const terminal = new TinyTerminal(80, 24);
  const { session, raw } = sessionOn(terminal, undefined);
  const failing = underLiveView(session, { command: 'wait' }, async () => {
    throw new CanaryError('not-ready', 'It is not ready.');
  });
  await expect(failing).rejects.toThrow('It is not ready.');
  expect(raw.at(-1)).toBe(false);
  expect(terminal.isCursorShown).toBe(true);
});

test('a key runs canary with the same flags, and its result is waited for; q leaves', async () => {
  const terminal = new TinyTerminal(80, 24);
  const asked: (readonly string[])[] = [];
  const runProgram = async ({ argv }: { argv: readonly string[] }) => {
    asked.push(argv);
    return { exitCode: 0, stdout: '', output: 'web  | hello\u001b[2J' };
  };
  const { session, type } = sessionOn(terminal, runProgram);
  const work = async (_: unknown, left: AbortSignal) => {
    // An arrow, and pasted text, mean nothing.
    for (const key of ['\u001b[A', 'qq', 'l']) type(key);
    expect(left.aborted).toBe(false);
    type('q');
    expect(left.aborted).toBe(true);
  };
  await underLiveView(session, { command: 'status' }, work);
  const flags = ['--directory=shop', '--file=a.yml'];
  const logs = ['compose', '--', 'logs', '--tail', '10', '--no-color'];
  expect(asked).toEqual([['node', 'canary.js', ...flags, ...logs]]);
  expect(terminal.screen).toContain('  web  | hello\\x1b[2J');
});
