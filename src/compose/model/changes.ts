import type { ComposeModel, ComposeService } from './model.ts';

/** One state of a project: its services, and the folder that contains their absolute paths. */
interface State {
  root: string;
  services: ComposeModel['services'];
}

export interface Changes {
  slice: readonly string[];
  before: State;
  after: State;
  /** What differs between the two, relative to the root. */
  paths: readonly string[];
}

/**
 * Services outside the slice that a change touches: their definition, or what they are built from.
 */
export function changedOutside({ slice, before, after, paths }: Changes): string[] {
  return Object.entries(after.services)
    .filter(([name]) => !slice.includes(name))
    .filter(([name, service]) => {
      const earlier = before.services[name];
      const isSame = earlier && definition(earlier, before) === definition(service, after);
      return !isSame || isBuiltFrom(service, after, paths);
    })
    .map(([name]) => name)
    .sort();
}

/** Without the root, so that the same definition reads the same in two folders. */
function definition(service: ComposeService, { root }: State): string {
  return JSON.stringify(service).replaceAll(root, '');
}

function isBuiltFrom(
  { build }: ComposeService,
  { root }: State,
  paths: readonly string[],
): boolean {
  const context = build?.context;
  if (!context) return false;
  if (context === root) return paths.length > 0;
  return paths.some((path) => `${root}/${path}`.startsWith(`${context}/`));
}
