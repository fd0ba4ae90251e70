import type { Context } from '../context.ts';
import type { CheckResult } from '../documents/examination.ts';
import { observe } from '../execution/observe.ts';
import { examine, resultOf } from '../probes/examine.ts';
import { loadLiveProject } from '../project/load.ts';
import { requireRunning, requireRunningProxy } from '../release/guards.ts';
import { currentRelease } from '../release/records/releases.ts';

/** Runs the checks and the comparison with the stable on the running canary. Takes no lock and changes nothing. */
export async function check(context: Context): Promise<CheckResult> {
  const project = await loadLiveProject(context, 'optional');
  const observed = await observe({ context, project });
  const release = requireRunning(await currentRelease(project), observed);
  requireRunningProxy(project, observed);
  const examination = await examine({ context, project, signal: context.signal });
  return { release: release.id, result: resultOf(examination), ...examination };
}
