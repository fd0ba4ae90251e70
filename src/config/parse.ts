import { type Document, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { CanaryError, messageOf } from '../errors.ts';
import { problemsOf } from './problems.ts';
import { type CanaryConfig, configSchema } from './schema.ts';
import type { Problem } from './values/values.ts';

/** Reads canary.yaml; throws `config-invalid` with every problem, each with its path and line. */
export function parseConfig(text: string, fileName: string): CanaryConfig {
  const lines = new LineCounter();
  const document = read(fileName, () => parseDocument(text, { lineCounter: lines }));
  if (document.errors.length > 0) {
    const words = document.errors.map(({ message }) => message.split('\n')[0] ?? message);
    throw invalid(fileName, words);
  }
  const said = read(fileName, () => document.toJS() ?? {});
  // The schema does not see this key.
  if (Object.hasOwn(said.services ?? {}, '__proto__'))
    throw invalid(fileName, ['services.__proto__: is a name that canary cannot use']);
  const result = configSchema.safeParse(said);
  const problems = result.success ? problemsOf(result.data) : result.error.issues.flatMap(describe);
  if (result.success && problems.length === 0) return result.data;
  throw invalid(
    fileName,
    problems.map((problem) => `${place(document, lines, problem)}: ${problem.text}`),
  );
}

/** Aliases that expand to too much, or nesting that is too deep, are not errors of the document. */
function read<T>(fileName: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw invalid(fileName, [messageOf(error)]);
  }
}

function describe(issue: z.core.$ZodIssue): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    const text = 'is not a setting this version knows';
    return issue.keys.map((key) => ({ path: [...issue.path, key], text }));
  }
  const keyProblem = issue.code === 'invalid_key' ? issue.issues[0]?.message : undefined;
  return [{ path: issue.path, text: keyProblem ?? issue.message }];
}

function place(document: Document, lines: LineCounter, { path }: Problem): string {
  const dotted = path.map(String).join('.') || 'the file';
  // The nearest node that exists: a missing key is reported at its parent.
  for (let depth = path.length; depth >= 0; depth -= 1) {
    const node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
    const range = (node as { range?: [number, number, number] } | undefined)?.range;
    if (range) return `line ${lines.linePos(range[0]).line}, ${dotted}`;
  }
  return dotted;
}

function invalid(fileName: string, details: string[]): CanaryError {
  return new CanaryError('config-invalid', `${fileName} is not valid.`, {
    details,
    hint: 'Correct the lines above; templates/canary.yaml in the package of canary lists every setting.',
  });
}
