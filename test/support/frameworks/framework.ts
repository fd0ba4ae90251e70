import type { FindingClass } from '../../../src/database/finding-class.ts';

/** What a rehearsal says: the worst class of what it found, nothing, or that the boot failed. */
export type Verdict = FindingClass | 'nothing' | 'fails';

/** What a branch does to the database, in any framework, and what the rehearsal must say of it. */
interface Change {
  verdict: Verdict;
  /** All findings that are not expanding or interrupting: class, kind and object. */
  finds?: readonly string[];
}

/** The changes that people make, the harmful ones first. */
export const CHANGES = {
  'all tables made anew': { verdict: 'destructive' },
  'column dropped': { verdict: 'contracting', finds: ['contracting column-dropped products'] },
  'column renamed': { verdict: 'contracting', finds: ['contracting column-renamed products'] },
  'table renamed': { verdict: 'contracting', finds: ['contracting table-renamed orders'] },
  'required column': { verdict: 'contracting', finds: ['contracting column-required products'] },
  'nulls refused': { verdict: 'contracting', finds: ['contracting column-not-null products'] },
  'narrower text': { verdict: 'contracting', finds: ['contracting column-retyped products'] },
  'default changed': { verdict: 'contracting', finds: ['contracting default-changed products'] },
  'value of an enumeration removed': { verdict: 'contracting' },
  'plain index on a large table': {
    verdict: 'contracting',
    finds: ['contracting lock-held visits'],
  },
  'numbers set back': { verdict: 'contracting', finds: ['contracting next-number-changed orders'] },
  'migration that fails half way': { verdict: 'fails' },
  'column that may be null': { verdict: 'interrupting' },
  'new table': { verdict: 'expanding' },
  'numbers as bigint': { verdict: 'interrupting' },
  'wider text': { verdict: 'interrupting' },
  'constraint validated': { verdict: 'expanding' },
  'nulls filled': { verdict: 'none' },
  'view with one more column': { verdict: 'interrupting' },
  'index built concurrently': { verdict: 'expanding' },
} as const satisfies Readonly<Record<string, Change>>;

export type ChangeName = keyof typeof CHANGES;

/** How one framework makes a change. */
export interface Work {
  /** What its migration does, in the framework's own language. */
  migration?: string;
  /** Whole files, by path. */
  files?: Readonly<Record<string, string>>;
  /** Edits of the app: path, what is there, and what comes in its place. */
  edits?: readonly (readonly [path: string, from: string, to: string])[];
  /** If a framework does something else than others. */
  verdict?: Verdict;
  finds?: readonly string[];
}

export interface Framework {
  /** As people call it. */
  title: string;
  /** The folder beside this file. */
  folder: string;
  /** What it calls itself: a package of npm or Debian, for its version. */
  packages: readonly string[];
  /** The command of the service `web`. */
  command: readonly string[];
  /** The command of the service `migrate`, if the app does not migrate when it starts. */
  migrate?: readonly string[] | undefined;
  /** The files that add a migration with this body. */
  migration(body: string): Readonly<Record<string, string>>;
  changes: Readonly<Partial<Record<ChangeName, Work>>>;
}
