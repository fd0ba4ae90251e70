import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  visit,
} from 'yaml';
import type { FileProblem } from '../errors.ts';
import type { Problem } from './values/values.ts';

/** Values of these keys may be secret or name people: they are masked where their line is shown. */
const HIDDEN: ReadonlySet<unknown> = new Set(['headers', 'body', 'post', 'url', 'user']);
/** In a file that is no YAML, keys are not known: a line with such a word is not shown. */
const SECRET = /headers|body|post|url|user|auth|token|key|secret|password|cookie/i;
/** Longer texts of problems or names are cut. */
const LONGEST = 400;

/** The text of a file with its lines. */
export interface SourceText {
  text: string;
  lines: LineCounter;
  document: Document;
}

/** The place of a problem; of a setting that is missing, the place of its nearest parent. */
export function placeProblem(source: SourceText, { path, text, isName }: Problem): FileProblem {
  const { node, isWhole } = nodeAt(source.document, path, isName === true);
  const [from = 0, to = from] = node?.range ?? [];
  const end = isWhole && isCollection(node) ? from + 1 : to;
  return problemAt(source, { from, to: end, text, path: path.map(String).join('.') || 'the file' });
}

/** The place of a problem that the parser of YAML found. */
export function placeSyntax(
  source: SourceText,
  { from, to, text }: { from: number; to: number; text: string },
): FileProblem {
  const problem = problemAt(source, { from, to, text, path: 'the file' });
  return SECRET.test(problem.source) ? { ...problem, source: '' } : problem;
}

function problemAt(
  source: SourceText,
  { from, to, text, path }: { from: number; to: number; text: string; path: string },
): FileProblem {
  const at = source.lines.linePos(from);
  // An empty file has no lines.
  const [line, column] = [Math.max(1, at.line), Math.max(1, at.col)];
  const start = source.lines.lineStarts[line - 1] ?? 0;
  const shown = masked(source, start).replace(/\r$/, '');
  const length = Math.max(1, Math.min(to - from, shown.length - column + 1));
  return { path: cut(path), line, column, length, source: shown, text: cut(text) };
}

/** The line that starts at an offset; values that may be secret are dots of the same length. */
function masked({ text, document }: SourceText, start: number): string {
  const lineEnd = text.indexOf('\n', start);
  const end = lineEnd < 0 ? text.length : lineEnd;
  let line = text.slice(start, end);
  visit(document, {
    Pair(_, { key, value }) {
      if (!isScalar(key) || !HIDDEN.has(key.value) || !isNode(value)) return undefined;
      visit(value, {
        Scalar(position, { range }) {
          if (position === 'key' || !range) return;
          const from = Math.max(range[0], start) - start;
          const to = Math.min(range[1], end) - start;
          if (to > from) line = `${line.slice(0, from)}${'•'.repeat(to - from)}${line.slice(to)}`;
        },
      });
      return visit.SKIP;
    },
  });
  return line;
}

/** The node at a path, or its nearest parent that is there. `isWhole`: the path itself is there. */
function nodeAt(
  document: Document,
  path: readonly PropertyKey[],
  isName: boolean,
): { node: Node | undefined; isWhole: boolean } {
  let node: Node | undefined = document.contents ?? undefined;
  for (const [depth, name] of path.entries()) {
    const parent: Node | undefined = isAlias(node) ? node.resolve(document) : node;
    const pair = isMap(parent)
      ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(name))
      : undefined;
    const value = isSeq(parent) ? parent.items[Number(name)] : pair?.value;
    const isLast = depth === path.length - 1;
    const named = isNode(pair?.key) ? pair.key : undefined;
    if (isLast && isName && named) return { node: named, isWhole: true };
    // A value that is not written has no place of its own.
    const found = isNode(value) && isThere(value) ? value : named;
    if (!found) return { node, isWhole: false };
    node = found;
  }
  return { node, isWhole: true };
}

function isThere(node: Node): boolean {
  return !isScalar(node) || node.value !== null || (node.range?.[1] ?? 0) > (node.range?.[0] ?? 0);
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
