import type { FindingClass } from './finding-class.ts';

/** The class of a change and the end of its sentence, which begins with the kind and the name. */
export type Meaning = readonly [FindingClass, string];

export type KindOfServer = 'PostgreSQL' | 'MySQL' | 'SQLite';

/** What the stable's code relies on besides tables, columns, indexes and constraints. */
export interface ObjectKind {
  /** What a new one means; by default it is safe for both. */
  added?: Meaning | undefined;
  /** What a new one means on a table or object that existed before, if that is not the same. */
  addedTo?: Meaning;
  dropped: Meaning;
  /** `{before}` and `{after}` stand for definitions: only where they are names. */
  changed: Meaning;
  /** Comes and goes with what it belongs to, so that only a change says something. */
  isPart?: true;
  /** The servers that have no such thing. MySQL stands for MariaDB too. */
  lacking?: readonly KindOfServer[];
}

const ONLY_POSTGRES: readonly KindOfServer[] = ['MySQL', 'SQLite'];
const NEW: Meaning = ['expanding', 'is new'];
const GONE: Meaning = ['contracting', 'is dropped'];
const OTHER: Meaning = ['contracting', 'is changed'];

/**
 * Every kind of object that is compared, for all kinds of servers. A server that lacks a kind
 * reports no object of it. What needs more than its definitions being different to be judged has a
 * rule in `compare/object-rules.ts`.
 */
export const OBJECT_KINDS = {
  database: {
    lacking: ['MySQL', 'SQLite'],
    added: NEW,
    dropped: ['destructive', 'is dropped, with all it held'],
    changed: OTHER,
  },
  schema: { lacking: ['SQLite'], added: NEW, dropped: GONE, changed: OTHER },
  view: { added: NEW, dropped: GONE, changed: OTHER },
  'materialized view': { lacking: ONLY_POSTGRES, added: NEW, dropped: GONE, changed: OTHER },
  sequence: { lacking: ['SQLite'], added: NEW, dropped: GONE, changed: OTHER },
  'next number': { isPart: true, dropped: GONE, changed: OTHER },
  type: { lacking: ONLY_POSTGRES, added: NEW, dropped: GONE, changed: OTHER },
  collation: { lacking: ONLY_POSTGRES, added: NEW, dropped: GONE, changed: OTHER },
  function: { lacking: ['SQLite'], added: NEW, dropped: GONE, changed: OTHER },
  procedure: { lacking: ['SQLite'], added: NEW, dropped: GONE, changed: OTHER },
  aggregate: { lacking: ONLY_POSTGRES, added: NEW, dropped: GONE, changed: OTHER },
  event: { lacking: ['PostgreSQL', 'SQLite'], added: NEW, dropped: GONE, changed: OTHER },
  trigger: {
    added: NEW,
    addedTo: ['contracting', 'is new'],
    dropped: GONE,
    changed: OTHER,
  },
  'event trigger': {
    lacking: ONLY_POSTGRES,
    added: ['contracting', 'is new: it runs when the stable changes definitions'],
    dropped: GONE,
    changed: OTHER,
  },
  rule: {
    lacking: ONLY_POSTGRES,
    addedTo: ['contracting', 'is new: it replaces or adds to statements of the stable'],
    dropped: GONE,
    changed: OTHER,
  },
  policy: {
    lacking: ONLY_POSTGRES,
    added: NEW,
    addedTo: ['contracting', 'is new'],
    dropped: GONE,
    changed: OTHER,
  },
  extension: { lacking: ONLY_POSTGRES, added: NEW, dropped: GONE, changed: OTHER },
  grant: {
    lacking: ['SQLite'],
    added: NEW,
    dropped: ['contracting', 'is taken away'],
    changed: OTHER,
  },
  'default privilege': {
    lacking: ONLY_POSTGRES,
    added: NEW,
    dropped: ['contracting', 'is taken away: it is missing on what is created later'],
    changed: OTHER,
  },
  owner: {
    lacking: ONLY_POSTGRES,
    isPart: true,
    dropped: GONE,
    changed: ['contracting', 'is {after}, no longer {before}: the rights of an owner have moved'],
  },
  role: {
    lacking: ['SQLite'],
    added: NEW,
    dropped: GONE,
    changed: ['contracting', 'has other attributes'],
  },
  membership: {
    lacking: ['SQLite'],
    added: NEW,
    dropped: ['contracting', 'is taken away, with the rights that it gave'],
    changed: OTHER,
  },
  password: {
    lacking: ['SQLite'],
    isPart: true,
    dropped: GONE,
    changed: ['contracting', 'is another one: logins with the old one fail'],
  },
  setting: {
    lacking: ['SQLite'],
    added: ['contracting', 'is new: it applies to every later connection of the stable'],
    dropped: ['contracting', 'is taken away, for every later connection of the stable'],
    changed: ['contracting', 'is changed, for every later connection of the stable'],
  },
  publication: { lacking: ONLY_POSTGRES, added: NEW, dropped: GONE, changed: OTHER },
  subscription: {
    lacking: ONLY_POSTGRES,
    added: ['contracting', 'is new: it writes into tables'],
    dropped: GONE,
    changed: OTHER,
  },
  parent: {
    lacking: ONLY_POSTGRES,
    addedTo: ['contracting', 'is new: the table is read and written as a part of it'],
    dropped: ['contracting', 'is no longer one: its rows are missing there'],
    changed: OTHER,
  },
  statistics: {
    lacking: ONLY_POSTGRES,
    added: ['none', 'is new'],
    dropped: ['none', 'is dropped'],
    changed: ['none', 'is changed'],
  },
  'table options': {
    lacking: ['PostgreSQL'],
    isPart: true,
    dropped: GONE,
    changed: ['contracting', 'are changed'],
  },
  partitions: {
    lacking: ['PostgreSQL', 'SQLite'],
    isPart: true,
    dropped: GONE,
    changed: ['contracting', 'are others'],
  },
  pragma: {
    lacking: ['PostgreSQL', 'MySQL'],
    isPart: true,
    dropped: GONE,
    changed: ['none', 'is changed'],
  },
  'storage options': {
    lacking: ['MySQL', 'SQLite'],
    isPart: true,
    dropped: GONE,
    changed: ['none', 'are changed'],
  },
  persistence: {
    lacking: ONLY_POSTGRES,
    isPart: true,
    dropped: GONE,
    changed: [
      'contracting',
      'is {after}, no longer {before}: rows of an unlogged table are lost in a crash and reach no replica',
    ],
  },
  'replica identity': {
    lacking: ONLY_POSTGRES,
    isPart: true,
    dropped: GONE,
    changed: ['contracting', 'is changed: replication finds rows by it'],
  },
} as const satisfies Readonly<Record<string, ObjectKind>>;

export type ObjectKindName = keyof typeof OBJECT_KINDS;

/** The rules of a kind, with those that it does not set. */
export function objectKind(name: ObjectKindName): ObjectKind {
  return OBJECT_KINDS[name];
}
