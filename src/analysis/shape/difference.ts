export type DifferenceKind =
  | 'missing'
  | 'new'
  | 'type'
  | 'nullness'
  | 'status'
  | 'content-type'
  | 'invalid'
  | 'blank';

/** One way in which the canary's responses differ from every response of the stable. */
export interface Difference {
  /** The path in the body; '' if the difference is about the response as a whole. */
  readonly path: string;
  readonly kind: DifferenceKind;
  /** `breaking` may break a client; a client can ignore `additive`. */
  readonly severity: 'breaking' | 'additive';
  /** What each side has, as names of types, never values. */
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
