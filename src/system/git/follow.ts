import { messageOf } from '../../errors.ts';
import { lineSplitter } from '../lines.ts';
import { client, gitFailure } from './run.ts';

/** The other side of a push says what it likes, as long as it likes. */
const MOST_LINES = 1000;

/**
 * Runs git and reports every line of its standard error as it arrives, and the last ones in the end; resolves whatever
 * the exit code is. The signal ends git.
 */
export async function followGit(
  directory: string,
  args: readonly string[],
  onLine: (line: string) => void,
  signal?: AbortSignal,
): Promise<{ stdout: string; said: readonly string[]; exitCode: number }> {
  signal?.throwIfAborted();
  const said: string[] = [];
  const splitter = lineSplitter((text) => {
    const line = text.trimEnd();
    if (line === '') return;
    said.push(line);
    if (said.length > MOST_LINES) said.shift();
    onLine(line);
  }, 'progress');
  let exitCode = 0;
  try {
    const git = await client(directory, {
      // The caller decides what a failure means.
      errors: (_error, result) => {
        exitCode = result.exitCode;
        return undefined;
      },
      ...(signal ? { abort: signal } : {}),
    });
    git.outputHandler((_command, _stdout, stderr) => void stderr.on('data', splitter.add));
    const stdout = await git.raw([...args]);
    splitter.end();
    if (exitCode !== 0) signal?.throwIfAborted();
    return { stdout, said, exitCode };
  } catch (cause) {
    signal?.throwIfAborted();
    throw gitFailure(args, messageOf(cause), {}, cause);
  }
}
