import { dirname, relative, resolve } from 'node:path';
import { findProblem, type SourceFile } from '../compose/model/problem.ts';
import { CanaryError, hasCode } from '../errors.ts';
import { readIfExists } from '../system/files.ts';

/** Adds file and line to an error `compose-file-invalid` of Compose. Other errors pass unchanged. */
export async function withPlace(
  error: unknown,
  directory: string,
  files: readonly string[],
): Promise<unknown> {
  if (!hasCode(error, 'compose-file-invalid')) return error;
  const details = error.details.filter((line) => !/\blevel=warning\b/.test(line));
  const named = details.join('\n').match(/\/[^\s:]+/g) ?? [];
  const sources = await readSources(directory, [...files, ...named]);
  const { variable, place } = findProblem(details.join('\n'), sources);
  const where = place ? ` (${place})` : '';
  if (!variable) {
    const message = `Compose refuses the compose file${where}.`;
    return new CanaryError(error.code, message, { details, cause: error });
  }
  const said = variable.said ? `: ${variable.said}` : '';
  return new CanaryError(
    error.code,
    `The variable \`${variable.name}\` has no value${said}${where}.`,
    {
      details,
      hint: 'Set it in the environment, in `.env`, or in a file that you name with `--env-file`.',
      cause: error,
    },
  );
}

/** The files, and those they name, as `include` and `extends` do. Names that are no files are skipped. */
async function readSources(directory: string, files: readonly string[]): Promise<SourceFile[]> {
  const sources = new Map<string, SourceFile>();
  const waiting = [...files];
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    if (sources.has(path)) continue;
    const text = await readIfExists(path).catch(() => undefined);
    if (text === undefined) continue;
    sources.set(path, { name: relative(directory, path), path, text });
    const folder = dirname(path);
    waiting.push(
      ...(text.match(/(?<![\w./-])[\w./-]+\.ya?ml\b/g) ?? []).map((name) => resolve(folder, name)),
    );
  }
  return [...sources.values()];
}
