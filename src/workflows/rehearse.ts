import type { ImageWishes } from '../compose/images/wanted.ts';
import type { Exception } from '../config/exception.ts';
import type { Context } from '../context.ts';
import { exceptionsFor, refusedBy } from '../database/allow.ts';
import type { Rehearsal } from '../documents/rehearsal.ts';
import { CanaryError } from '../errors.ts';
import { build } from '../execution/operations/canary.ts';
import { situationOf } from '../execution/situation.ts';
import type { Checkout } from '../project/checkout/checkout.ts';
import { loadLiveProject } from '../project/load.ts';
import { agree, rehearsedOn } from '../rehearsal/agreement.ts';
import { rehearse } from '../rehearsal/rehearse.ts';
import { withLock } from '../release/with-lock.ts';
import { branchCandidate } from './candidates/branch.ts';
import { imageCandidate } from './candidates/images.ts';

/**
 * Only the rehearsal: builds a branch or pulls images, boots them on throw-away copies of the shared databases, reports
 * what they did. `null` if the stable is what was asked for.
 */
export async function rehearseOnly(
  context: Context,
  source: ImageWishes | string | undefined,
  exceptions: readonly Exception[],
): Promise<Rehearsal | null> {
  const project = await loadLiveProject(context);
  const vet = async (checkout: Checkout) => {
    if ((await rehearsedOn(project, checkout)).length === 0)
      throw nothingToRehearse(project.config.database.rehearse);
  };
  const candidate =
    typeof source === 'object'
      ? await imageCandidate(context, project, source, vet)
      : await branchCandidate(context, project, {
          ...{ branch: source ?? project.config.git.canary, patches: [], message: undefined },
          vet,
        });
  if (!candidate) return null;
  const { branch } = candidate;
  return withLock(context, project, 'rehearse', async (signal) => {
    const agreement = await agree(context, project, exceptions, signal);
    const checkout = await candidate.checkOut();
    const { commit } = checkout;
    const run = { context, project, checkout, signal };
    const unbuilt = (await situationOf(run)).unbuilt(commit);
    if (unbuilt.length > 0) {
      context.emit({ type: 'notice', text: `Building ${unbuilt.join(', ')}.` });
      await build(run, { kind: 'build', services: unbuilt, commit });
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
