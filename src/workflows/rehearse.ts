import { cloneName } from '../compose/model/names.ts';
import type { Exception } from '../config/exception.ts';
import type { Context } from '../context.ts';
import { exceptionsFor, refusedBy } from '../database/allow.ts';
import type { Rehearsal } from '../documents/rehearsal.ts';
import { CanaryError } from '../errors.ts';
import { overriddenScope } from '../execution/override-file.ts';
import { situationOf } from '../execution/situation.ts';
import { branchRef } from '../git/branch-name.ts';
import { checkOut } from '../project/checkout/checkout.ts';
import { resolveBranch } from '../project/git/branches.ts';
import { loadLiveProject } from '../project/load.ts';
import { buildOptions } from '../project/run.ts';
import { agree, rehearsedOn } from '../rehearsal/agreement.ts';
import { rehearse } from '../rehearsal/rehearse.ts';
import { withLock } from '../release/with-lock.ts';

/** Only the rehearsal: builds a branch, boots it on throw-away copies of the shared databases, reports what it did. */
export async function rehearseBranch(
  context: Context,
  named: string | undefined,
  exceptions: readonly Exception[],
): Promise<Rehearsal> {
  const project = await loadLiveProject(context);
  const branch = named ?? project.config.git.canary;
  const ref = branchRef(branch);
  const commit = await resolveBranch(context, project.repository, branch, ref);
  return withLock(context, project, 'rehearse', async (signal) => {
    const agreement = await agree(context, project, exceptions, signal);
    const checkout = await checkOut(context, project, commit);
    if ((await rehearsedOn(project, checkout)).length === 0)
      throw nothingToRehearse(project.config.database.rehearse);
    const run = { context, project, checkout, signal };
    const unbuilt = (await situationOf(run)).unbuilt(commit);
    if (unbuilt.length > 0) {
      context.emit({ type: 'notice', text: `Building ${unbuilt.join(', ')}.` });
      const scope = await overriddenScope(run);
      await context.compose.build(scope, unbuilt.map(cloneName), buildOptions(run));
    }
    const report = await rehearse(run, agreement);
    const { refused } = refusedBy(report.findings, agreement.exceptions);
    return {
      version: 1 as const,
      branch,
      commit,
      ...report,
      result: refused.length > 0 ? ('refused' as const) : ('pass' as const),
      needs: exceptionsFor(refused),
    };
  });
}

function nothingToRehearse(rehearse: string): CanaryError {
  return new CanaryError('not-rehearsed', 'There is no database to rehearse with.', {
    hint:
      rehearse === 'off'
        ? 'canary.yaml has `database: {rehearse: off}`.'
        : 'The chosen services name none that canary knows; `database: {service: NAME}` in canary.yaml names one.',
  });
}
