import type { Context } from '../context.ts';
import { CanaryError, hasCode } from '../errors.ts';
import { foldRelease } from '../rollout/release.ts';
import type { LockOwner } from '../system/state/lock.ts';
import { ensureState } from './layout.ts';
import type { Project } from './load.ts';

const TRY_EVERY_MS = 100;
const PATIENCE_MS = 300_000;
/** What `abort` may stop: the commands that move users. */
const STOPPABLE = ['deploy', 'weight', 'pause', 'resume', 'promote', 'revert', 'abort', 'down'];

/** Those that go through the steps of a release. */
const ADVANCING = ['deploy', 'resume'];

/** Does `work` under the project's lock; throws `lock-held` at once when another command has it. */
export async function withLock<T>(
  context: Context,
  project: Project,
  command: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  await ensureState(project.layout);
  const release = await project.lock.acquire(command);
  // A request that nobody heard was meant for an earlier holder.
  await project.stopRequest.clear();
  const watch = project.stopRequest.watch(context.signal);
  try {
    return await work(watch.signal);
  } finally {
    watch.end();
    await release();
  }
}

/** Does `work` under the lock even if another command has it: that one is asked to stop and waited for. */
export function takingOverLock<T>(
  context: Context,
  project: Project,
  command: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return takeOver(context, project, command, work, {
    way: 'stopped',
    mayStop: async (holder) => STOPPABLE.includes(holder.command),
  });
}

/** The same where the other one goes through the steps of a release; it leaves the users where they are. */
export function takingOverAdvance<T>(
  context: Context,
  project: Project,
  command: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return takeOver(context, project, command, work, {
    way: 'taken-over',
    mayStop: async (holder) => ADVANCING.includes(holder.command) && (await isAdvancing(project)),
  });
}

async function isAdvancing({ journals }: Project): Promise<boolean> {
  const id = (await journals.list()).at(-1);
  const release = id === undefined ? undefined : foldRelease(await journals.read(id));
  return release?.state === 'advancing' && release.progress !== undefined;
}

interface TakeOver {
  way: 'stopped' | 'taken-over';
  mayStop: (holder: LockOwner) => Promise<boolean>;
}

async function takeOver<T>(
  context: Context,
  project: Project,
  command: string,
  work: (signal: AbortSignal) => Promise<T>,
  { way, mayStop }: TakeOver,
): Promise<T> {
  const { clock, emit } = context;
  await ensureState(project.layout);
  const deadline = clock.now().getTime() + PATIENCE_MS;
  let asked: string | undefined;
  for (;;) {
    try {
      return await withLock(context, project, command, work);
    } catch (error) {
      const holder = hasCode(error, 'lock-held') ? await project.lock.holder() : undefined;
      if (!hasCode(error, 'lock-held')) throw error;
      if (clock.now().getTime() > deadline) throw stuck(error);
      // What it is doing may look different once it has heard.
      if (holder && holder.token !== asked) {
        if (!(await mayStop(holder))) throw error;
        emit({
          type: 'notice',
          text: `Stopping \`canary ${holder.command}\` (process ${holder.pid}).`,
        });
        asked = holder.token;
      }
      if (holder) await project.stopRequest.send(command, way);
      await clock.sleep(TRY_EVERY_MS, context.signal);
    }
  }
}

function stuck(error: CanaryError): CanaryError {
  return new CanaryError('lock-held', error.message, {
    hint: 'It did not stop when asked. `canary status` says where it stands.',
  });
}
