import { CanaryError } from '../errors.ts';
import type { Project } from '../project/load.ts';
import type { Run } from '../project/run.ts';
import { containersOf, type Observed } from '../rollout/observed.ts';
import { exists, writeDurably } from '../system/files.ts';
import { ensureMaps } from './split.ts';

const GONE = "The proxy's files are gone, for instance by `git clean`";

/** Whether there is a proxy that could not start again, because its files below `.canary` were removed. */
async function lacksFiles({
  context,
  project,
}: Pick<Run, 'context' | 'project'>): Promise<boolean> {
  if (await exists(project.layout.configuration)) return false;
  const containers = await context.engine.containers(project.name);
  return containersOf({ containers }, 'proxy').length > 0;
}

/** Warns of a proxy that serves users, but not after the next restart, or that no command can reach. */
export async function warnOfProxy(
  run: Pick<Run, 'context' | 'project'>,
  { proxy }: Observed,
): Promise<void> {
  const isUnreachable = proxy.state === 'unreachable';
  const parts = [];
  if (await lacksFiles(run))
    parts.push(`${GONE}: after a restart of Docker or of the machine it answers nobody.`);
  if (isUnreachable)
    parts.push(
      'The proxy runs and does not answer canary: no command can move its users, and a weight that is shown is the one it was last given.',
    );
  if (parts.length === 0) return;
  parts.push(
    isUnreachable
      ? '`canary up` recreates it, for which its ports are closed for about a second.'
      : '`canary up` repairs it now.',
  );
  run.context.emit({ type: 'warning', text: parts.join(' ') });
}

/** A proxy that could not start again, as an error. */
export async function requireStartable(run: Pick<Run, 'context' | 'project'>): Promise<void> {
  if (!(await lacksFiles(run))) return;
  throw new CanaryError('proxy-unreachable', `${GONE}: it cannot restart.`, {
    hint: 'Run `canary up`.',
  });
}

/** Writes them again for the next start, whatever command it is that runs: users must not depend on a person to see it. */
export async function restoreProxyFiles(context: Run['context'], project: Project): Promise<void> {
  if (project.isFromContainers || !(await lacksFiles({ context, project }))) return;
  await ensureMaps(project.layout);
  await writeDurably(project.layout.configuration, project.proxy.configuration);
  context.emit({
    type: 'warning',
    text: `${GONE}; they are written again. The split was one of them: the proxy starts with every user on the stable.`,
  });
}
