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

/** A finding before it is known which database it is of and who did it. */
export type Difference = Omit<Finding, 'database' | keyof Origin> & {
  /** The name by which its statement is found. */
  changed?: string;
} & Origin;

/** The worst class among findings; `none` where there are none. */
export function worstOf(findings: readonly Pick<Finding, 'class'>[]): FindingClass {
  return CLASSES.find((each) => findings.some((finding) => finding.class === each)) ?? 'none';
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
