import { migrationName } from '../compose/model/names.ts';
import { CanaryError } from '../errors.ts';
import { brokenReason } from '../rollout/health.ts';
import type { ObservedContainer } from '../rollout/observed.ts';
import { awaitBoot, bootFailure } from './boot.ts';
import { stageNames } from './participants.ts';
import type { RehearsalRun } from './rehearsal-run.ts';
import type { Stage } from './stage.ts';

/** Starts what the canary needs to start, created already; one that does not come up is told, and the canary may do without. */
export async function startCompanions(
  run: RehearsalRun,
  stage: Stage,
  companions: readonly { service: string }[],
): Promise<void> {
  if (companions.length === 0) return;
  const names = stageNames(companions);
  await stage.start(names);
  for (const { container, problem } of await awaitBoot(run, stage, names))
    if (problem)
      run.context.emit({
        type: 'warning',
        text: `In the rehearsal ${container.service} ${problem}; the canary is rehearsed without it.`,
      });
}

/** Runs the migration as it will run for real; throws `rehearsal-failed` when it does not end well. */
export async function rehearseMigration(
  { context, signal }: RehearsalRun,
  stage: Stage,
  { service }: { service: string },
): Promise<void> {
  const name = migrationName(service);
  context.emit({ type: 'progress', text: 'the migration runs on the copy' });
  await stage.create([name]);
  await stage.start([name]);
  const { id } = await stage.container(name);
  const exitCode = await context.engine.exitCode(id, signal);
  if (exitCode === 0) return;
  throw new CanaryError(
    'rehearsal-failed',
    `The migration of \`${service}\` ended with exit code ${exitCode} in its rehearsal.`,
    {
      details: await context.engine.logs(id, 12),
      hint: 'The lines above are the last it wrote. Production was not touched.',
    },
  );
}

/** Starts the canary and waits until it is up; gives its containers. */
export async function bootCanary(
  run: RehearsalRun,
  stage: Stage,
  canaries: readonly { service: string }[],
): Promise<ObservedContainer[]> {
  const { context } = run;
  const names = stageNames(canaries);
  context.emit({ type: 'progress', text: 'the canary boots on the copy' });
  await stage.start(names);
  const boots = await awaitBoot(run, stage, names);
  const failed = boots.find(({ problem }) => problem);
  if (failed) throw await bootFailure(run, failed);
  return boots.map(({ container }) => container);
}

/** Whether the canary is still up once it has settled; throws `rehearsal-failed` where it is not. */
export async function requireUp(
  run: RehearsalRun,
  stage: Stage,
  canaries: readonly { service: string }[],
): Promise<void> {
  for (const container of await stage.containersOf(stageNames(canaries))) {
    const problem = brokenReason(container, container.restartCount);
    if (problem) throw await bootFailure(run, { container, problem });
  }
}
