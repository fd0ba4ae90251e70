import { shortCommit } from '../compose/model/names.ts';
import { execute } from '../execution/execute.ts';
import type { Run } from '../project/run.ts';
import type { ReleaseState } from '../rollout/events.ts';
import type { Operation, Plan } from '../rollout/operation.ts';
import type { Release } from '../rollout/release.ts';
import { changeState } from './releases.ts';

/** Does a plan and names the phase in the journal, so that `status` tells where it is. */
export async function inPhases(run: Run & { release: Release }, plan: Plan): Promise<void> {
  let phase: ReleaseState | undefined;
  for (const step of plan) {
    const next = phaseOf(step) ?? phase;
    if (next && next !== phase)
      await changeState(run, next, `${next} ${shortCommit(run.release.commit)}`);
    phase = next;
    await execute(run, [step]);
  }
}

function phaseOf(step: Operation): ReleaseState | undefined {
  if (step.kind === 'build') return 'building';
  if (step.kind === 'rehearse') return 'rehearsing';
  if (step.kind === 'start-canary' || step.kind === 'migrate') return 'starting';
  if (step.kind === 'check-canary') return 'checking';
  if (step.kind === 'set-weight' && step.weight > 0) return 'advancing';
  return undefined;
}
