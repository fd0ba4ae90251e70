import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import type { main } from '../../src/main.ts';
import { requirePublishedShape } from './published-schemas.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
export const BIN = join(ROOT, 'bin/canary.js');

/** The exit code of a command and its output. */
export interface Ended {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs what `bin/canary.js` runs, in this process, because starting Node for every command takes longer than most of
 * them. Git gets the environment of this process.
 */
export async function runBuilt(
  cwd: string,
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Ended> {
  const built = (await import(join(ROOT, 'dist/main.js'))) as { main: typeof main };
  const stdout = new Collector();
  const stderr = new Collector();
  const exitCode = await built.main(argv, { stdout, stderr, stdin: Readable.from([]), env, cwd });
  requirePublishedShape(argv, stdout.text);
  return { exitCode, stdout: stdout.text.trimEnd(), stderr: stderr.text.trimEnd() };
}

class Collector extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
