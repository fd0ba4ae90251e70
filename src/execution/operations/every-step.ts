import { messageOf } from '../../errors.ts';
import type { Run } from '../../project/run.ts';
import { ended } from '../../sentences.ts';

/**
 * Takes every step of an undo in turn: one that fails keeps none of the others from being taken. Throws the first problem
 * in the end.
 */
export async function everyStep(steps: readonly (() => Promise<unknown>)[]): Promise<void> {
  const problems: unknown[] = [];
  for (const step of steps) await step().catch((problem) => problems.push(problem));
  if (problems.length > 0) throw problems[0];
}

/** Why a command failed matters more than why its undo did; that is told beside it. */
export function tellLeft({ context }: Run, problem: unknown): void {
  const text = `${ended(`Not everything could be put back: ${messageOf(problem)}`)} \`canary up\` or \`canary down\` puts it right.`;
  context.emit({ type: 'warning', text });
}
