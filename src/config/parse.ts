import { LineCounter, parseDocument, type YAMLError } from 'yaml';
import { CanaryError, type FileProblem, messageOf } from '../errors.ts';
import { requireShallow } from '../yaml-depth.ts';
import { problemsOfIssues } from './diagnose.ts';
import { placeProblem, placeSyntax, type SourceText } from './places.ts';
import { problemsOf } from './problems.ts';
import { type CanaryConfig, configSchema } from './schema.ts';
import type { Problem } from './values/values.ts';
import { wordsOf } from './values/words.ts';

/** More problems of one file help nobody. */
const MOST = 50;

/**
 * Reads canary.yaml; throws `config-invalid` with every problem, each with its path, its line and
 * column, and the name that was probably meant.
 */
export function parseConfig(text: string, fileName: string): CanaryConfig {
  const lines = new LineCounter();
  const document = read(fileName, () => {
    requireShallow(text);
    return parseDocument(text, { lineCounter: lines, prettyErrors: false });
  });
  const source = { text, lines, document };
  const isReadable = document.errors.every(({ code }) => code === 'DUPLICATE_KEY');
  const syntax = document.errors.map((error) => placeSyntax(source, wordsOfSyntax(error)));
  if (!isReadable) throw invalid(fileName, syntax);
  const said = read(fileName, () => document.toJS() ?? {});
  const result = configSchema.safeParse(said, { error: wordsOf });
  if (result.success && syntax.length === 0) {
    const problems = [...unusableNames(said), ...problemsOf(result.data)];
    if (problems.length === 0) return result.data;
    throw invalid(fileName, placed(source, problems));
  }
  const problems = result.success
    ? problemsOf(result.data)
    : withRules(problemsOfIssues(result.error.issues, said), said);
  throw invalid(fileName, [...syntax, ...placed(source, [...unusableNames(said), ...problems])]);
}

/** Aliases that expand to too much, or nesting that is too deep, are not errors of the document. */
function read<T>(fileName: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new CanaryError('config-invalid', `${fileName} is not valid.`, {
      details: [messageOf(error)],
      hint: HINT,
    });
  }
}

function wordsOfSyntax({ code, message, pos: [from, to] }: YAMLError) {
  const words: Partial<Record<typeof code, string>> = {
    DUPLICATE_KEY: 'this name is there already: names must be unique',
    TAB_AS_INDENT: 'has a tab: YAML is indented with spaces',
  };
  return { from, to, text: words[code] ?? message.split('\n')[0] ?? message };
}

/** The schema does not see this key. */
function unusableNames(said: { services?: unknown }): Problem[] {
  return Object.hasOwn(Object(said.services ?? {}), '__proto__')
    ? [{ path: ['services', '__proto__'], text: 'is a name that canary cannot use', isName: true }]
    : [];
}

/**
 * The problems, and those between settings that are right by themselves, which can be seen only
 * without the wrong ones. What could follow from a wrong one is left out.
 */
function withRules(problems: readonly Problem[], said: unknown): Problem[] {
  const rest = configSchema.safeParse(
    problems.reduce((from, { path }) => without(from, path), said),
    { error: wordsOf },
  );
  if (!rest.success) return [...problems];
  const parts = new Set(problems.map(({ path }) => partOf(path)));
  const isAboutServices = problems.some(({ path }) => path[0] === 'services');
  const others = problemsOf(rest.data).filter(
    ({ path }) => !parts.has(partOf(path)) && !(path.length === 1 && isAboutServices),
  );
  return [...problems, ...others];
}

function partOf(path: readonly PropertyKey[]): string {
  return JSON.stringify(path.slice(0, 2).map(String));
}

/** A copy without what is at a path; a service stays, without settings. */
function without(value: unknown, [name, ...rest]: readonly PropertyKey[]): unknown {
  if (name === undefined || typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    const changed = value.map((each, at) => (at === Number(name) ? without(each, rest) : each));
    return rest.length > 0 ? changed : value.filter((_, at) => at !== Number(name));
  }
  const { [String(name)]: inside, ...others } = value as Record<string, unknown>;
  return rest.length > 0 ? { ...others, [name]: without(inside, rest) } : others;
}

function placed(source: SourceText, problems: readonly Problem[]): FileProblem[] {
  return problems
    .map((problem) => placeProblem(source, problem))
    .sort((left, right) => left.line - right.line || left.column - right.column);
}

const HINT =
  'Correct the lines above; templates/canary.yaml in the package of canary lists every setting.';

function invalid(fileName: string, problems: readonly FileProblem[]): CanaryError {
  const shown = problems.slice(0, MOST);
  const left = problems.length - shown.length;
  const details = shown.map(({ line, path, text }) => `line ${line}, ${path}: ${text}`);
  const count = left > 0 ? ` There are ${left} more problems.` : '';
  return new CanaryError('config-invalid', `${fileName} is not valid.${count}`, {
    details,
    problems: shown,
    hint: HINT,
  });
}
