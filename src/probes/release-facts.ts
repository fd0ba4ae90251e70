import { cloneName } from '../compose/model/names.ts';
import type { PlaceholderValues } from '../config/values/placeholders.ts';
import { entryServices } from '../project/load.ts';
import type { ReleaseRun } from '../project/run.ts';
import { guardedName } from '../proxy/route.ts';

/** What the user's programs get to know about a release, in the environment; servers in JSON. */
export interface Facts {
  project: string;
  release: string;
  branch: string;
  commit: string;
}

export function factsOf({ project, release }: ReleaseRun): Facts {
  const { id, branch, commit } = release;
  return { project: project.name, release: id, branch, commit };
}

/** Facts as environment variables, such as `CANARY_RELEASE`; unknown ones are left out. */
export function variablesOf(facts: object): Record<string, string> {
  const known = Object.entries(facts).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    // Environment variables cannot contain a null character.
    known.map(([name, value]) => [
      `CANARY_${name.toUpperCase()}`,
      String(value).replaceAll('\0', ''),
    ]),
  );
}

/** The current values of `{{…}}` for a service, or else for the first one with users. */
export function placeholderValues(
  { context, project, release }: ReleaseRun,
  named?: string,
): PlaceholderValues {
  const service = named ?? entryServices(project)[0] ?? '';
  return {
    project: project.name,
    service,
    canaryService: cloneName(service),
    stableBackend: service,
    canaryBackend: guardedName(service),
    release: release.id,
    commit: release.commit,
    now: context.clock.now(),
  };
}
