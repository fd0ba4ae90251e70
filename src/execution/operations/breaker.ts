import { CanaryError } from '../../errors.ts';
import type { Run } from '../../project/run.ts';
import { armBreaker as armCommand } from '../../proxy/statistics.ts';
import type { OperationOf } from '../../rollout/operation.ts';
import { observe } from '../observe.ts';

/** Gives users back to a canary that the breaker took out. */
export async function armBreaker(run: Run, operation: OperationOf<'arm-breaker'>): Promise<void> {
  const commands = operation.services.flatMap((service) => armCommand(service));
  for (const command of commands) await run.project.socket.ask(command);
  const { tripped } = (await observe(run)).proxy;
  const still = operation.services.filter((service) => tripped.includes(service));
  if (still.length === 0) return;
  throw new CanaryError('not-ready', `The canary of ${still.join(', ')} is failing again.`, {
    hint: 'See its logs with `canary compose logs`, or `canary revert`.',
  });
}

/** The proxy took a canary out: the release continues only when a user says so. */
export function breakerTripped(services: readonly string[]): CanaryError {
  return new CanaryError(
    'breaker-tripped',
    `The breaker took the canary of ${services.join(', ')} out.`,
    { hint: 'Run `canary resume` to give it its users back, or `canary revert`.' },
  );
}
