export type DifferenceKind =
  | 'missing'
  | 'new'
  | 'type'
  | 'nullness'
  | 'status'
  | 'content-type'
  | 'invalid'
  | 'blank';

/** One thing in which the canary's answers differ from every answer of the stable. */
export interface Difference {
  /** Where in the body; '' when it is about the answer as a whole. */
  readonly path: string;
  readonly kind: DifferenceKind;
  /** What a client may break on, or what it can ignore. */
  readonly severity: 'breaking' | 'additive';
  /** What either side has, in names of types, never of values. */
  readonly stable: string;
  readonly canary: string;
}

export function difference(
  kind: DifferenceKind,
  path: string,
  stable: string,
  canary: string,
): Difference {
  return { path, kind, severity: kind === 'new' ? 'additive' : 'breaking', stable, canary };
}
