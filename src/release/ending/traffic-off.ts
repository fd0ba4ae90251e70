import { currentSplit } from '../../execution/observe.ts';
import { everyoneOff } from '../../execution/split.ts';
import type { ProjectState } from '../../project/load.ts';
import type { Run } from '../../project/run.ts';
import { OFF, sameSplit } from '../../proxy/weight-map.ts';
import { hasEnded } from '../../rollout/release.ts';
import { exists } from '../../system/files.ts';
import { readNewest } from '../records/releases.ts';

/**
 * Sends every user to the stable, at once and without the lock. Only while a promotion replaces the stable
 * the canary keeps its users: it is the only whole side, and the command that takes over restores the stable first.
 */
export async function trafficOff(
  run: Pick<Run, 'context' | 'wayOut'>,
  project: ProjectState,
): Promise<void> {
  const { context } = run;
  // Where canary never ran there is nothing to take off, and nothing is written.
  if (!(await exists(project.layout.state))) return;
  // A damaged journal is no reason to leave users where they are.
  const { release } = await readNewest(project);
  if (release && !hasEnded(release) && (release.state === 'promoting' || release.replacing)) {
    context.emit({
      type: 'notice',
      text: 'A promotion is under way: users leave the canary as soon as the stable is back.',
    });
    return;
  }
  const began = context.clock.now().getTime();
  const before = await currentSplit(project);
  const isAnswered = await everyoneOff(run, project);
  // What follows says what became of a proxy that does not answer.
  if (!isAnswered || sameSplit(before, OFF)) return;
  const ms = context.clock.now().getTime() - began;
  context.emit({ type: 'notice', text: `Every user is on the stable (${ms} ms).` });
}
