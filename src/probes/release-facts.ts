import { cloneName } from '../compose/model/names.ts';
import type { PlaceholderValues } from '../config/placeholders.ts';
import { entryServices } from '../project/load.ts';
import type { ReleaseRun } from '../project/run.ts';
import { guardedName } from '../proxy/route.ts';

/** What the user's programs are told of a release, in the environment; servers in JSON. */
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

/** Facts as variables of the environment: `CANARY_RELEASE` and the like; what is not known is left out. */
export function variablesOf(facts: object): Record<string, string> {
  const known = Object.entries(facts).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    // No environment can hold a null character.
    known.map(([name, value]) => [
      `CANARY_${name.toUpperCase()}`,
      String(value).replaceAll('\0', ''),
    ]),
  );
}

/** What `{{…}}` stand for now, of a service or of the first one with users. */
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
