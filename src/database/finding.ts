import type { Origin } from './observation.ts';

/**
 * What a change means for the stable, which goes on using the same database. Destructive: data is lost. Contracting:
 * the stable's code may break. Expanding: safe for both. None: worth saying, no more.
 */
export type FindingClass = 'destructive' | 'contracting' | 'expanding' | 'none';

/** From the worst to the least. */
export const CLASSES: readonly FindingClass[] = ['destructive', 'contracting', 'expanding', 'none'];

/** One thing that the canary's boot did to the copy of a database. */
export interface Finding extends Origin {
  class: FindingClass;
  /** A stable word for what happened, such as `table-dropped`. */
  kind: string;
  /** The table, or the object where it belongs to none: what an exception names. */
  object: string;
  /** The service of the database. */
  database: string;
  /** One sentence without its end. */
  text: string;
}

/** Findings from the worst to the least. */
export function worstFirst(findings: readonly Finding[]): Finding[] {
  const rank = (each: Finding) => CLASSES.indexOf(each.class);
  return [...findings].sort((left, right) => rank(left) - rank(right));
}

/** What a boot did, before it is known in which database and by whom. */
export type Effect = Omit<Finding, 'database' | keyof Origin> & {
  /** The name by which its statement is found. */
  changed?: string;
} & Origin;

/** What a boot did to a definition. */
export function effect(level: FindingClass, kind: string, object: string, text: string): Effect {
  return { class: level, kind, object, text, changed: object };
}

/** A finding in one sentence, with the statement that did it and whose it was. */
export function findingSentence({ text, statement, service }: Finding): string {
  const by = service ? ` by ${service}` : '';
  return `${text}${statement ? ` (\`${statement}\`${by})` : by && ` (${by.trim()})`}.`;
}

/** Whether it is about definitions, not rows or time alone. */
export function changesDefinitions({ kind }: Finding): boolean {
  return !/^(rows-|table-truncated$|table-rewritten$|lock-held$)/.test(kind);
}
