/**
 * What a change means for the stable, which continues to use the same database. Destructive: data
 * is lost. Unclassified: canary has no class for it. Contracting: the stable's code may break.
 * Interrupting: open connections of the stable fail once. Expanding: safe for both. None: only
 * information.
 */
export type FindingClass =
  | 'destructive'
  | 'unclassified'
  | 'contracting'
  | 'interrupting'
  | 'expanding'
  | 'none';

/** From the worst to the least severe. */
export const CLASSES: readonly FindingClass[] = [
  'destructive',
  'unclassified',
  'contracting',
  'interrupting',
  'expanding',
  'none',
];
