import { migrationName } from '../compose/model/names.ts';
import { CanaryError } from '../errors.ts';
import type { Project } from '../project/load.ts';
import { isSoInTime } from '../project/until.ts';
import { brokenReason } from '../rollout/health.ts';
import type { ObservedContainer } from '../rollout/observed.ts';
import { refusesConnections } from '../system/ports.ts';
import { type Stage, stageNames } from './stage.ts';

type Participants = readonly { service: string }[];

/** A container, and why it did not come up, if so. */
export interface Boot {
  container: ObservedContainer;
  problem: string | undefined;
}

const LOOK_EVERY_MS = 200;
/** A container without a health check and a port must have stayed up for this many looks. */
const QUIET_LOOKS = 5;
/** How many lines of a container's log are shown. */
const LAST_LINES = 12;

/** Starts the created services that the canary needs; one that does not come up is reported, not an error. */
export async function startCompanions(stage: Stage, companions: Participants): Promise<void> {
  if (companions.length === 0) return;
  for (const { container, problem } of await boot(stage, stageNames(companions)))
    if (problem)
      stage.run.context.emit({
        type: 'warning',
        text: `In the rehearsal ${container.service} ${problem}; the canary is rehearsed without it.`,
      });
}

/** Runs the migration as it will run for real; throws `rehearsal-failed` if it fails. */
export async function rehearseMigration(stage: Stage, service: string): Promise<void> {
  const { context, signal } = stage.run;
  const names = [migrationName(service)];
  context.emit({ type: 'progress', text: 'the migration runs on the copy' });
  await stage.create(names);
  await stage.start(names);
  const [container] = await stage.containersOf(names);
  const id = container?.id ?? '';
  const exitCode = await context.engine.exitCode(id, signal);
  if (exitCode === 0) return;
  throw new CanaryError(
    'rehearsal-failed',
    `The migration of \`${service}\` ended with exit code ${exitCode} in its rehearsal.`,
    {
      details: await context.engine.logs(id, LAST_LINES),
      hint: 'Its last lines are above. Production was not touched.',
    },
  );
}

/** Starts the canary and waits until it is up; returns its containers. Throws `rehearsal-failed` if it does not. */
export async function bootCanary(
  stage: Stage,
  canaries: Participants,
): Promise<ObservedContainer[]> {
  stage.run.context.emit({ type: 'progress', text: 'the canary boots on the copy' });
  const boots = await boot(stage, stageNames(canaries));
  await requireUp(stage, boots);
  return boots.map(({ container }) => container);
}

/** Checks that the canary is still up once it has settled; throws `rehearsal-failed` if it is not. */
export async function requireStillUp(stage: Stage, canaries: Participants): Promise<void> {
  await requireUp(stage, await standing(stage, stageNames(canaries)));
}

/** How started containers of the stage are now. */
export async function standing(stage: Stage, services: readonly string[]): Promise<Boot[]> {
  const containers = await stage.containersOf(services);
  return containers.map((container) => ({
    container,
    problem: brokenReason(container, container.restartCount),
  }));
}

/** Starts containers of the stage and waits until all are up, as far as their definitions show, or one has failed. */
export async function boot(stage: Stage, services: readonly string[]): Promise<Boot[]> {
  await stage.start(services);
  let looks = 0;
  let boots: Boot[] = [];
  const isOver = async () => {
    looks += 1;
    boots = [];
    let waits = false;
    for (const container of await stage.containersOf(services)) {
      const problem = brokenReason(container, container.restartCount);
      boots.push({ container, problem });
      if (!problem && !(await isUp(stage.run.project, container, looks))) waits = true;
    }
    return !waits || boots.some(({ problem }) => problem);
  };
  if (await isSoInTime(stage.run, isOver, LOOK_EVERY_MS)) return boots;
  return boots.map((each) => ({ ...each, problem: 'is not ready in time' }));
}

async function isUp(
  { slice }: Project,
  { state, health, service, addresses }: ObservedContainer,
  looks: number,
): Promise<boolean> {
  if (state !== 'running' || health === 'starting') return false;
  if (health === 'healthy') return true;
  const port = slice.find((member) => member.service === service)?.port;
  const [address] = addresses;
  if (port === undefined || !address) return looks >= QUIET_LOOKS;
  return !(await refusesConnections(address, port));
}

/** The last lines that a container wrote. */
export function lastLines(
  { run }: Stage,
  { id }: Pick<ObservedContainer, 'id'>,
): Promise<string[]> {
  return run.context.engine.logs(id, LAST_LINES);
}

async function requireUp(stage: Stage, boots: readonly Boot[]): Promise<void> {
  const failed = boots.find(({ problem }) => problem);
  if (!failed) return;
  const { container, problem } = failed;
  throw new CanaryError(
    'rehearsal-failed',
    `The canary of \`${container.service}\` ${problem} in its rehearsal.`,
    {
      details: await lastLines(stage, container),
      hint: 'Its last lines are above. It has a copy of the database and nothing else outside of the slice and its `depends_on`; if it needs more, set `database: {rehearse: off}` in canary.yaml.',
    },
  );
}
