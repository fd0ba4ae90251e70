import type { Participants } from '../compose/render/rehearsal.ts';
import type { Context } from '../context.ts';
import { isRefused } from '../database/allow.ts';
import { type Finding, findingSentence } from '../database/finding.ts';
import { startCompanions } from './boot.ts';
import type { Copy } from './copy-database.ts';
import { type RunningStable, startStable } from './old-code.ts';
import { sendersOn } from './senders.ts';
import type { Stage } from './stage.ts';
import { calmDown, type Watchable, watchAll } from './watching.ts';

/** What runs on the stage before the canary does, and what its start changed in the copies. */
interface OwnStart {
  stable: RunningStable | undefined;
  /** What of it is nothing that the canary would do. */
  harm: readonly Finding[];
}

/**
 * Starts what the canary needs and, if wanted, the stable's own code, and lets both settle: what they change themselves
 * when they start is not the canary's.
 */
export async function startOthers(
  stage: Stage,
  participants: Participants,
  copies: readonly Copy[],
  all: readonly Watchable[],
  isBeside: boolean,
): Promise<OwnStart> {
  const { companions } = participants;
  const before = isBeside ? participants.before : [];
  if (companions.length + before.length === 0) return { stable: undefined, harm: [] };
  const findings = await watchAll(stage, all, false);
  await startCompanions(stage, companions);
  const stable = await startStable(stage, before);
  await calmDown(stage, copies);
  const senders = await sendersOn(stage, { ...participants, migrations: [] });
  const found = await findings((address, at) => {
    const { service } = senders(address, at) ?? {};
    return service === undefined ? undefined : { service };
  });
  const harm = found.filter((each) => isRefused(each.class) && each.kind !== 'lock-held');
  return { stable, harm };
}

/** What the start of the stable's code changed, or of somebody who is not known, while that ran. */
export function byStable(
  { stable, harm }: OwnStart,
  { companions }: Participants,
): readonly Finding[] {
  if (!stable) return [];
  const isCompanion = ({ service }: Finding) => companions.some((each) => each.service === service);
  return harm.filter((each) => !isCompanion(each));
}

/** The operator must know of it: the same happens whenever these services start. */
export function tellHarm({ emit }: Context, harm: readonly Finding[], what: string): void {
  for (const each of harm) emit({ type: 'notice', text: `${what}: ${findingSentence(each)}` });
}
