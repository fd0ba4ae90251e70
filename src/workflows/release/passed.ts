import { shortCommit } from '../../compose/names.ts';
import { messageOf } from '../../errors.ts';
import { checkOut } from '../project/checkout.ts';
import { mergeCandidate } from './merge-candidate.ts';
import { promoteTo } from './promotion.ts';
import { type Arrival, changeState, readRelease } from './releases.ts';
import type { WalkRun } from './walk.ts';

/**
 * Makes a canary the stable that passed every step. Where git does not allow it, nothing has been touched yet: then it
 * keeps its users and a person has to decide.
 */
export async function promotePassed(run: WalkRun): Promise<Arrival> {
  const { context, project } = run;
  const release = await readRelease(project, run.release.id);
  const ready = await preparePromotion({ ...run, release }).catch((error: unknown) => ({ error }));
  if ('error' in ready) {
    const reason = `every step passed, but it cannot be promoted: ${messageOf(ready.error)}`;
    context.emit({ type: 'warning', text: messageOf(ready.error) });
    await changeState(run, 'inconclusive', reason);
    return { state: 'inconclusive', reason, weight: release.weight };
  }
  await promoteTo({ ...run, release, checkout: ready });
  const reason = `every step passed; the stable runs ${shortCommit(ready.commit)}`;
  return { state: 'promoted', reason, weight: 0 };
}

async function preparePromotion({ context, project, release }: WalkRun) {
  const commit = await mergeCandidate(context, project, release, undefined);
  return checkOut(context, project, commit);
}
