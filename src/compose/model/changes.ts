import type { ComposeModel, ComposeService } from './model.ts';

export interface Changes {
  slice: readonly string[];
  before: ComposeModel['services'];
  after: ComposeModel['services'];
  /** The repository, which the paths of both begin with. */
  root: string;
  /** What differs between the two, relative to the root. */
  paths: readonly string[];
}

/**
 * Services outside the slice that a change touches: their definition, or what they are built from.
 */
export function changedOutside({ slice, before, after, root, paths }: Changes): string[] {
  return Object.entries(after)
    .filter(([name]) => !slice.includes(name))
    .filter(([name, service]) => {
      const isSame = JSON.stringify(before[name]) === JSON.stringify(service);
      return !isSame || isBuiltFrom(service, root, paths);
    })
    .map(([name]) => name)
    .sort();
}

function isBuiltFrom({ build }: ComposeService, root: string, paths: readonly string[]): boolean {
  const context = build?.context;
  if (!context) return false;
  if (context === root) return paths.length > 0;
  return paths.some((path) => `${root}/${path}`.startsWith(`${context}/`));
}
