import { CLASSES, type FindingClass } from './finding-class.ts';
import type { Origin } from './observation.ts';

/** One effect of the canary's boot on the copy of a database. */
export interface Finding extends Origin {
  class: FindingClass;
  /** A code for what happened that does not change between versions, such as `table-dropped`. */
  kind: string;
  /** The table, or the object if it belongs to no table; exceptions name it. */
  object: string;
  /** The database service. */
  database: string;
  /** One sentence, without the full stop. */
  text: string;
  /** The releases that make the same change without harm to the stable, if there is a usual way. */
  steps?: readonly string[] | undefined;
}

/** Findings from the worst to the least severe. */
export function worstFirst(findings: readonly Finding[]): Finding[] {
  const rank = (each: Finding) => CLASSES.indexOf(each.class);
  return [...findings].sort((left, right) => rank(left) - rank(right));
}

/** An effect of a boot, before its database and origin are known. */
export type Effect = Omit<Finding, 'database' | keyof Origin> & {
  /** The name by which its statement is found. */
  changed?: string;
  /** The parts of the complete definition that it explains: see `definition.ts`. */
  explains?: readonly string[];
} & Origin;

/** An effect of a boot on a definition. */
export function effect(
  level: FindingClass,
  kind: string,
  object: string,
  text: string,
  explains: readonly string[] = [],
): Effect {
  return { class: level, kind, object, text, changed: object, explains };
}

/** A finding in one sentence, with its statement and the service that sent it. */
export function findingSentence({ text, statement, service, isStable }: Finding): string {
  const by = service && `by ${isStable ? `the stable's ${service}` : service}`;
  const origin = [statement && `\`${statement}\``, by].filter(Boolean).join(' ');
  return `${text} (${origin || 'no statement was seen that did it'}).`;
}

/**
 * Whether a finding may stop code that worked before: it is about definitions or recorded
 * migrations, not only about rows or time.
 */
export function changesDefinitions({ kind }: Finding): boolean {
  return !/^(rows-|table-truncated$|table-rewritten$|lock-held$|result-changed$|statement-)/.test(
    kind,
  );
}
