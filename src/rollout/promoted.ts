import type { Release } from './release.ts';

/** A release that became the stable, and what the stable was before. */
export type Promoted = Release & {
  promotedCommit: string;
  before: NonNullable<Release['before']>;
};

export function wasPromoted(release: Release): release is Promoted {
  return (
    release.state === 'promoted' &&
    release.promotedCommit !== undefined &&
    release.before !== undefined
  );
}
