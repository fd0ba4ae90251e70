import { type Document, parseAllDocuments, visit } from 'yaml';
import { requireShallow } from '../../yaml-depth.ts';

/**
 * What a single compose file contains before Compose merges it with others. Paths are as written,
 * variables included.
 */
export interface FileDefinitions {
  services: ReadonlySet<string>;
  /** Every `env_file` and `label_file`. */
  envFiles: readonly string[];
  includes: readonly Include[];
  /** The files that its services extend. */
  extended: readonly string[];
  /** Whether Compose certainly reads the same: its parser takes some texts that ours does not. */
  isClear: boolean;
}

/** Of a file that only Compose can read, if any. */
export const UNREAD: FileDefinitions = {
  ...{ services: new Set<string>(), envFiles: [], includes: [], extended: [] },
  isClear: false,
};

/** Files that Compose includes as a project of their own. */
interface Include {
  /** Several files are merged. */
  paths: readonly string[];
  /** The folder their paths are relative to; by default the folder of the first file. */
  directory: string | undefined;
  /** The files that define their variables, which take precedence over the project's. */
  envFiles: readonly string[];
}

interface RawFile {
  services?: Record<string, RawService | null>;
  include?: (string | RawInclude)[];
}

interface RawService {
  env_file?: string | (string | { path?: string })[];
  label_file?: string | string[];
  extends?: string | { file?: string };
}

interface RawInclude {
  path?: string | string[];
  project_directory?: string;
  env_file?: string | string[];
}

/** Enough for any real file; a hostile one could expand to more than there is memory. */
const MOST_ALIASES = 10_000;

/** What ends a line for Compose; for YAML 1.2 the others are parts of a line. */
const LINE_ENDS = /\r\n?|[\u0085\u2028\u2029]/g;
/** Tags that change no text that they are put before. */
const PLAIN_TAG =
  /^(!(reset|override)|tag:yaml\.org,2002:(str|null|bool|int|float|seq|map|merge))$/;

/** Reads which services a compose file defines, and the files it names. */
export function readDefinitions(text: string): FileDefinitions {
  const bare = text.replace(/^\uFEFF/, '').replace(LINE_ENDS, '\n');
  requireShallow(bare);
  // Several documents in one file are merged like several files.
  const parsed = parseAllDocuments(bare, {
    merge: true,
    logLevel: 'silent',
    customTags: lenientTags,
  });
  const documents: readonly Document[] = [...parsed];
  const contents = documents.map(
    (document) => (document.toJS({ maxAliasCount: MOST_ALIASES }) ?? {}) as RawFile,
  );
  const services = contents.flatMap((content) => Object.entries(content.services ?? {}));
  const envFiles = services.flatMap(([, service]) =>
    [...listOf(service?.env_file), ...listOf(service?.label_file)].map((each) =>
      typeof each === 'string' ? each : (each.path ?? ''),
    ),
  );
  const extended = services.flatMap(([, service]) =>
    typeof service?.extends === 'object' ? (service.extends?.file ?? []) : [],
  );
  const includes = contents.flatMap((content) => listOf(content.include).map(includeOf));
  const paths = [
    ...[...envFiles, ...extended],
    ...includes.flatMap((each) => [...each.paths, each.directory ?? '', ...each.envFiles]),
  ];
  const areTexts = paths.every(isText);
  return {
    services: new Set(services.map(([name]) => name)),
    envFiles: named(envFiles).filter(isText),
    includes: areTexts ? includes : [],
    extended: named([...new Set(extended)]).filter(isText),
    // UTF-16, which Compose reads as well, is full of null characters.
    isClear: areTexts && !text.includes('\0') && documents.every(isClear),
  };
}

function isClear(document: Document): boolean {
  let isClear = document.errors.length === 0;
  visit(document, {
    Node(_, { tag }) {
      if (tag !== undefined && !PLAIN_TAG.test(tag)) isClear = false;
    },
  });
  return isClear;
}

function includeOf(written: string | RawInclude): Include {
  const include = typeof written === 'string' ? { path: written } : written;
  return {
    paths: named(listOf(include.path)),
    directory: include.project_directory,
    envFiles: named(listOf(include.env_file)),
  };
}

function listOf<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value as T];
}

function named(paths: readonly string[]): string[] {
  return paths.filter((path) => path !== '');
}

/** The schema of Compose knows only texts; a hostile file has others. */
function isText(path: unknown): boolean {
  return typeof path === 'string';
}

/** Compose's own tags change how files merge, not which services there are. */
const lenientTags = ['!reset', '!override'].flatMap((tag) => [
  { tag, resolve: (text: string) => text },
  { tag, collection: 'seq' as const, resolve: <T>(node: T) => node },
  { tag, collection: 'map' as const, resolve: <T>(node: T) => node },
]);
