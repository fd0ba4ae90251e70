import { CanaryError } from '../errors.ts';
import type { Project } from '../project/load.ts';
import { brokenReason } from '../rollout/health.ts';
import type { ObservedContainer } from '../rollout/observed.ts';
import { refusesConnections } from '../system/ports.ts';
import type { RehearsalRun } from './rehearsal-run.ts';
import type { Stage } from './stage.ts';

const LOOK_EVERY_MS = 200;
/** One that says nothing about itself must have stayed up for so many looks. */
const QUIET_LOOKS = 5;

type BootRun = Pick<RehearsalRun, 'context' | 'project' | 'signal'>;

/** A container that came up, or why it did not. */
export interface Boot {
  container: ObservedContainer;
  problem?: string;
}

/** Waits until containers of the stage are up, each as far as its definition tells, or have failed. */
export async function awaitBoot(
  { context, project, signal }: BootRun,
  stage: Stage,
  services: readonly string[],
): Promise<Boot[]> {
  const deadline = context.clock.now().getTime() + project.config.startTimeout;
  for (let looks = 1; ; looks += 1) {
    const boots: Boot[] = [];
    let waits = false;
    for (const container of await stage.containersOf(services)) {
      const problem = brokenReason(container, container.restartCount);
      boots.push({ container, ...(problem ? { problem } : {}) });
      if (!problem && !(await isUp(project, container, looks))) waits = true;
    }
    if (!waits || boots.some(({ problem }) => problem)) return boots;
    if (context.clock.now().getTime() > deadline)
      return boots.map((boot) => ({ ...boot, problem: 'is not ready in time' }));
    await context.clock.sleep(LOOK_EVERY_MS, signal);
  }
}

async function isUp(
  project: Project,
  { state, health, service, addresses }: ObservedContainer,
  looks: number,
): Promise<boolean> {
  if (state !== 'running' || health === 'starting') return false;
  if (health === 'healthy') return true;
  const port = project.slice.find((member) => member.service === service)?.port;
  const [address] = addresses;
  if (port === undefined || !address) return looks >= QUIET_LOOKS;
  return !(await refusesConnections(address, port));
}

/** The error for a canary that does not come up on the copy. */
export async function bootFailure({ context }: BootRun, { container, problem }: Boot) {
  return new CanaryError(
    'rehearsal-failed',
    `The canary of \`${container.service}\` ${problem} in its rehearsal.`,
    {
      details: await context.engine.logs(container.id, 12),
      hint: 'The lines above are the last it wrote. It has a copy of the database and nothing else outside of the slice and its `depends_on`; one that needs more is deployed with `database: {rehearse: off}` in canary.yaml.',
    },
  );
}
