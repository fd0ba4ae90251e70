import { isAlias, isMap, isNode, isScalar, LineCounter, type Node, parseAllDocuments } from 'yaml';
import { literally } from '../../config/values/literally.ts';
import { isTooDeep } from '../../yaml-depth.ts';

/** A compose file that Compose's message may be about. */
export interface SourceFile {
  /** The name in messages. */
  name: string;
  /** The name that Compose uses. */
  path: string;
  text: string;
}

/** What Compose rejects in the files, and where. */
export interface ComposeProblem {
  /** A required variable without a value, and the message in the file. */
  variable?: { name: string; said: string } | undefined;
  /** As `services.web.image`. */
  field?: string | undefined;
  /** As `compose.yaml:12`; absent if the message leads to no place. */
  place?: string | undefined;
}

/**
 * Finds the place that Compose's message is about: it names a field or a line, rarely both, and
 * often no file.
 */
export function findProblem(words: string, files: readonly SourceFile[]): ComposeProblem {
  const [, name, said = ''] =
    /required variable (\S+) is missing a value(?:: (.*))?/.exec(words) ?? [];
  const variable = name ? { name, said } : undefined;
  const field = /\b(?:services|networks|volumes|configs|secrets)\.[\w.-]*[\w-]/.exec(words)?.[0];
  const named = files.filter(({ path }) => words.includes(path));
  const some = named.length > 0 ? named : files;
  const place = /(?:^|\s)yaml: |\bfailed to parse .*: line /.test(words)
    ? (first(some, placeOfMistake) ?? placeOfLine(words, some))
    : (variable && first(some, (file) => placeOfVariable(file, variable.name, field))) ||
      (field && first(some, (file) => placeOfField(file, field.split('.')))) ||
      placeOfLine(words, named) ||
      first(some, (file) => placeOfService(file, words));
  return { variable, field, place };
}

function first(
  files: readonly SourceFile[],
  lineIn: (file: SourceFile) => number | undefined,
): string | undefined {
  for (const file of files) {
    const line = lineIn(file);
    if (line) return `${file.name}:${line}`;
  }
  return undefined;
}

/** The line of invalid YAML or of a duplicate key. */
function placeOfMistake({ text }: SourceFile): number | undefined {
  if (isTooDeep(text)) return undefined;
  const errors = parseAllDocuments(text, { logLevel: 'silent' }).flatMap(({ errors }) => errors);
  return errors[0]?.linePos?.[0].line;
}

function placeOfLine(words: string, [file]: readonly SourceFile[]): string | undefined {
  const line = /\bline (\d+)/.exec(words)?.[1];
  return file && line ? `${file.name}:${line}` : undefined;
}

/**
 * The line inside the field, if the field is in this file; with an anchor or a list it may be
 * elsewhere.
 */
function placeOfVariable(
  file: SourceFile,
  name: string,
  field: string | undefined,
): number | undefined {
  const lines = file.text.split('\n');
  const use = new RegExp(`\\$\\{${literally(name)}:?\\?`);
  const from = (field && placeOfField(file, field.split('.'))) || 1;
  const at = lines.findIndex((line, index) => index + 1 >= from && use.test(line));
  return (at < 0 ? lines.findIndex((line) => use.test(line)) : at) + 1 || undefined;
}

/**
 * The line of a field, or of its nearest parent. Names may contain dots, so several parts may form
 * one name.
 */
function placeOfField({ text }: SourceFile, parts: readonly string[]): number | undefined {
  if (isTooDeep(text)) return undefined;
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    logLevel: 'silent',
    merge: true,
  });
  for (const document of documents) {
    if (!isNode(document.contents)) continue;
    const { key, depth } = deepest(document.contents, parts, document);
    // `services` alone is not useful.
    if (key?.range && depth > 1) return lines.linePos(key.range[0]).line;
  }
  return undefined;
}

interface Found {
  key: Node | undefined;
  depth: number;
}

function deepest(
  node: Node,
  parts: readonly string[],
  document: Parameters<Extract<Node, { resolve: unknown }>['resolve']>[0],
  found: Found = { key: undefined, depth: 0 },
): Found {
  const map = isAlias(node) ? node.resolve(document) : node;
  if (!isMap(map) || parts.length === 0) return found;
  for (let length = parts.length; length > 0; length -= 1) {
    const name = parts.slice(0, length).join('.');
    const pair = map.items.find(({ key }) => isScalar(key) && String(key.value) === name);
    if (!pair || !isNode(pair.key)) continue;
    const here = { key: pair.key, depth: found.depth + 1 };
    return isNode(pair.value) ? deepest(pair.value, parts.slice(length), document, here) : here;
  }
  return found;
}

/** The line of a service whose name occurs in the message. */
function placeOfService(file: SourceFile, words: string): number | undefined {
  for (const word of new Set(words.match(/(?<![\w.-])[\w.-]*[\w-]/g))) {
    const line = placeOfField(file, ['services', word]);
    if (line) return line;
  }
  return undefined;
}
