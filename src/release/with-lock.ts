import type { Context } from '../context.ts';
import { CanaryError, hasCode } from '../errors.ts';
import { restoreProxyFiles } from '../execution/proxy-start.ts';
import { beginNotifying } from '../notify/notifying.ts';
import { ensureState } from '../project/layout.ts';
import type { Project } from '../project/load.ts';
import { ifWritable } from '../project/run.ts';
import { isDiskProblem } from '../system/files.ts';
import { removeLeftovers } from '../system/state/leftovers.ts';
import { interrupt, type LockOwner } from '../system/state/lock.ts';
import { readNewest } from './records/releases.ts';

const TRY_EVERY_MS = 100;
const PATIENCE_MS = 300_000;

/** From which commands a command may take over, and how that command is told. */
const HOLDERS = {
  /** A command that moves users. */
  'any-mover': {
    commands: ['deploy', 'weight', 'pause', 'resume', 'promote', 'revert', 'abort', 'down'],
    way: 'stopped',
  },
  /** A command that goes through the steps of a release; it leaves the users where they are. */
  advance: { commands: ['deploy', 'resume'], way: 'taken-over' },
} as const;

/** Does `work` under the project's lock; throws `lock-held` at once when another command has it. */
export async function withLock<T>(
  context: Context,
  project: Project,
  command: string,
  work: (signal: AbortSignal) => Promise<T>,
  wayOut?: Set<string>,
): Promise<T> {
  const notifying = beginNotifying(context, project);
  try {
    return await locked(context, project, command, work, wayOut);
  } finally {
    // After the lock is given back: nobody waits for a chat.
    await notifying.end();
  }
}

async function locked<T>(
  context: Context,
  project: Project,
  command: string,
  work: (signal: AbortSignal) => Promise<T>,
  wayOut: Set<string> | undefined,
): Promise<T> {
  let release: (() => Promise<void>) | undefined;
  // Where no lock can be written, no other command can take one either.
  await ifWritable({ context, wayOut }, 'the lock', async () => {
    await ensureState(project.layout);
    release = await project.lock.acquire(command, ({ command, owner, pid, host, start }) =>
      context.emit({ type: 'lock-broken', command, owner, pid, host, start }),
    );
    // A request that no command read was meant for an earlier holder.
    await project.stopRequest.clear();
    await removeLeftovers([project.layout.state, project.layout.proxyRun]);
    await restoreProxyFiles(context, project);
  });
  const watch = project.stopRequest.watch(context.signal);
  try {
    return await work(watch.signal);
  } finally {
    watch.end();
    await release?.();
  }
}

/** Does `work` under the lock even if another command has it: that one is asked to stop and waited for. */
export async function takingOver<T>(
  from: keyof typeof HOLDERS,
  context: Context,
  project: Project,
  command: string,
  work: (signal: AbortSignal) => Promise<T>,
  wayOut?: Set<string>,
): Promise<T> {
  const { clock, emit } = context;
  const deadline = clock.now().getTime() + PATIENCE_MS;
  let asked: string | undefined;
  for (;;) {
    try {
      return await withLock(context, project, command, work, wayOut);
    } catch (error) {
      const holder = hasCode(error, 'lock-held') ? await project.lock.holder() : undefined;
      if (!hasCode(error, 'lock-held')) throw error;
      if (clock.now().getTime() > deadline) throw stuck(error);
      // What it is doing may look different once it has read the request.
      if (holder && holder.token !== asked) {
        if (!(await mayTakeOver(from, project, holder))) throw error;
        emit({
          type: 'notice',
          text: `Stopping \`canary ${holder.command}\` (process ${holder.pid}).`,
        });
        asked = holder.token;
      }
      if (holder) await askToStop(project, holder, command, HOLDERS[from].way);
      await clock.sleep(TRY_EVERY_MS, context.signal);
    }
  }
}

/** By its stop request, or where none can be written, by an interrupt. */
async function askToStop(
  { stopRequest }: Project,
  holder: LockOwner,
  command: string,
  way: 'stopped' | 'taken-over',
): Promise<void> {
  try {
    await stopRequest.send(command, way);
  } catch (error) {
    if (!isDiskProblem(error)) throw error;
    interrupt(holder);
  }
}

async function mayTakeOver(
  from: keyof typeof HOLDERS,
  project: Project,
  { command }: LockOwner,
): Promise<boolean> {
  const commands: readonly string[] = HOLDERS[from].commands;
  if (!commands.includes(command)) return false;
  if (from === 'any-mover') return true;
  const { release } = await readNewest(project);
  return release?.state === 'advancing' && release.progress !== undefined;
}

function stuck(error: CanaryError): CanaryError {
  return new CanaryError('lock-held', error.message, {
    hint: 'It did not stop when asked. `canary status` says where it stands.',
  });
}
