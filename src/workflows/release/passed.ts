import { shortCommit } from '../../compose/names.ts';
import { messageOf } from '../../errors.ts';
import { checkOut } from '../project/checkout.ts';
import { mergeCandidate } from './merge-candidate.ts';
import { promoteTo } from './promotion.ts';
import { type Arrival, changeState, readRelease } from './releases.ts';
import type { WalkRun } from './walk-run.ts';

/**
 * Makes a canary the stable that passed every step. Where git or a hook does not allow it, nothing has been touched yet:
 * then it keeps its users and a person has to decide.
 */
export async function promotePassed(run: WalkRun): Promise<Arrival> {
  const { context, project } = run;
  const release = await readRelease(project, run.release.id);
  try {
    const commit = await mergeCandidate(context, project, release, undefined);
    const checkout = await checkOut(context, project, commit);
    await promoteTo({ ...run, release, checkout });
    const reason = `every step passed; the stable runs ${shortCommit(commit)}`;
    return { state: 'promoted', reason, weight: 0 };
  } catch (error) {
    // A promotion that began says so first.
    if ((await readRelease(project, release.id)).state !== release.state) throw error;
    const reason = `every step passed, but it cannot be promoted: ${messageOf(error)}`;
    context.emit({ type: 'warning', text: messageOf(error) });
    await changeState(run, 'inconclusive', reason);
    return { state: 'inconclusive', reason, weight: release.weight };
  }
}
