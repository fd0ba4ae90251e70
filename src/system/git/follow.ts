import { StringDecoder } from 'node:string_decoder';
import { messageOf } from '../../errors.ts';
import { client, gitFailure } from './run.ts';

/**
 * Runs git and reports every line of its standard error as it arrives, and all of them in the end; resolves whatever
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
  const splitter = lineSplitter((line) => {
    said.push(line);
    onLine(line);
  });
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

/** Splits a stream into lines; a carriage return ends one too, because progress is drawn over itself. */
function lineSplitter(onLine: (line: string) => void) {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const take = (text: string) => {
    const parts = (rest + text).split(/\r\n|[\r\n]/);
    rest = parts.pop() ?? '';
    for (const line of parts.map((each) => each.trimEnd()).filter(Boolean)) onLine(line);
  };
  return {
    add: (chunk: Buffer) => take(decoder.write(chunk)),
    end: () => take(`${decoder.end()}\n`),
  };
}
