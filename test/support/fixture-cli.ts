import { chmod, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { main } from '../../src/main.ts';
import { emptyFolder, fingerprint } from './fixture-project.ts';
import { requirePublishedShape } from './published-schemas.ts';

export interface Outcome {
  stdout: string;
  stderr: string;
  exitCode: number;
}

export type Env = Readonly<Record<string, string | undefined>>;

/** Runs canary in this process, without a terminal. In its output, the working directory is shown as `DIR`. */
export async function canary(
  cwd: string,
  argv: readonly string[],
  env: Env = {},
): Promise<Outcome> {
  const { exitCode, ...output } = await canaryAsIs(cwd, argv, env);
  const readable = (text: string) => text.replaceAll(cwd, 'DIR');
  return { stdout: readable(output.stdout), stderr: readable(output.stderr), exitCode };
}

/** The same with its output as it is, for what is given to other programs. */
export async function canaryAsIs(
  cwd: string,
  argv: readonly string[],
  env: Env = {},
): Promise<Outcome> {
  const stdout = new Collector();
  const stderr = new Collector();
  const exitCode = await main(argv, {
    stdout,
    stderr,
    stdin: Readable.from([]),
    env: { PATH: process.env.PATH, HOME: process.env.HOME, GOGC: process.env.GOGC, ...env },
    cwd,
  });
  requirePublishedShape(argv, stdout.text);
  return { stdout: stdout.text, stderr: stderr.text, exitCode };
}

/** The same, and the names of the files it changed, including git's own. */
export async function canaryAndChanges(
  cwd: string,
  argv: readonly string[],
  env: Env = {},
): Promise<Outcome & { changes: string[] }> {
  const before = await fingerprint(cwd);
  const outcome = await canary(cwd, argv, env);
  const after = await fingerprint(cwd);
  const paths = new Set([...Object.keys(before), ...Object.keys(after)]);
  return { ...outcome, changes: [...paths].filter((path) => before[path] !== after[path]).sort() };
}

/** An environment in which no engine answers. */
export async function engineOff(): Promise<Env> {
  return { DOCKER_HOST: `unix://${join(await emptyFolder(), 'missing.sock')}` };
}

/** An environment whose `docker` is this shell script, for programs that cannot be installed side by side. */
export async function fakeDocker(script: string): Promise<Env> {
  const directory = await emptyFolder();
  await writeFile(join(directory, 'docker'), `#!/bin/sh\n${script}\n`);
  await chmod(join(directory, 'docker'), 0o755);
  return { PATH: `${directory}${delimiter}${process.env.PATH}` };
}

class Collector extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** The problems of canary.yaml that were reported, without the user's own text below each. */
export function problemsIn(stderr: string): string[] {
  return stderr
    .split('\n')
    .filter((line) => line.startsWith('  │ line '))
    .map((line) => line.slice('  │ '.length));
}
