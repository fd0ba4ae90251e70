import type { Context } from '../context.ts';
import { observe } from '../execution/observe.ts';
import { type Examination, examine, resultOf } from '../probes/examine.ts';
import { loadLiveProject } from '../project/load.ts';
import { requireRunning, requireRunningProxy } from '../release/guards.ts';
import { currentRelease } from '../release/records/releases.ts';

/** What `check --json` prints (contract, README). */
export interface CheckResult extends Examination {
  release: string;
  /** `error`: it could not be found out, or there was nothing to ask. */
  result: 'pass' | 'fail' | 'error';
}

/** Runs the checks and the comparison with the stable against the canary that runs. Takes no lock and changes nothing. */
export async function check(context: Context): Promise<CheckResult> {
  const project = await loadLiveProject(context, 'optional');
  const observed = await observe({ context, project });
  const release = requireRunning(await currentRelease(project), observed);
  requireRunningProxy(project, observed);
  const examination = await examine({ context, project, signal: context.signal });
  return { release: release.id, result: resultOf(examination), ...examination };
}
