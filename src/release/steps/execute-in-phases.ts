import { execute } from '../../execution/execute.ts';
import type { ReleaseRun } from '../../project/run.ts';
import type { ReleaseState } from '../../rollout/events.ts';
import type { Operation, Plan } from '../../rollout/operation.ts';
import { revisionName } from '../../rollout/source.ts';
import { changeState } from '../records/releases.ts';

/** Executes a plan and records the phase in the journal, so that `status` shows it. */
export async function inPhases(run: ReleaseRun, plan: Plan): Promise<void> {
  let phase: ReleaseState | undefined;
  for (const operation of plan) {
    const next = phaseOf(operation) ?? phase;
    if (next && next !== phase)
      await changeState(run, next, `${next} ${revisionName(run.release)}`);
    phase = next;
    await execute(run, [operation]);
  }
}

function phaseOf(operation: Operation): ReleaseState | undefined {
  switch (operation.kind) {
    case 'build':
    case 'pull':
      return 'building';
    case 'rehearse':
      return 'rehearsing';
    case 'start-canary':
    case 'migrate':
      return 'starting';
    case 'check-canary':
      return 'checking';
    case 'set-weight':
      return operation.weight > 0 ? 'advancing' : undefined;
    default:
      return undefined;
  }
}
