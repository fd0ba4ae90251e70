import { migrationContainer, migrationName } from '../../compose/model/names.ts';
import { CanaryError } from '../../errors.ts';
import { callOptions, type Run, record } from '../../project/run.ts';
import type { OperationOf } from '../../rollout/operation.ts';
import { overriddenScope } from '../override-file.ts';

/**
 * Runs the migration once. Its container has the release's name: a command that continues after a kill finds the one
 * that ran or still runs, and takes its result. Throws `migration-failed` with its last log lines.
 */
export async function migrate(run: Run, operation: OperationOf<'migrate'>): Promise<void> {
  const { context, project, release, signal } = run;
  const { service } = operation;
  const name = migrationContainer(project.name, release?.id ?? '');
  const scope = await overriddenScope(run);
  // A reported one was removed; one that exists was started, but its end was not reported.
  let exitCode = await context.engine.exitCode(name, signal);
  if (exitCode === undefined) {
    await record(run, { type: 'migration-begun', service });
    await context.compose.startOnce(scope, migrationName(service), name, callOptions(run));
    exitCode = await context.engine.exitCode(name, signal);
  }
  const words = await context.engine.logs(name, 12);
  await record(run, { type: 'migration-ended', service, exitCode: exitCode ?? 1 });
  await context.engine.destroyContainer(name);
  if (exitCode === 0) return;
  throw new CanaryError(
    'migration-failed',
    `The migration of \`${service}\` ended with exit code ${exitCode}; the canary was not started.`,
    {
      details: words,
      hint: 'Its last lines are above. It may have done part of its work: check the database before you deploy again.',
    },
  );
}
