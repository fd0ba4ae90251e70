import { migrationContainer } from '../../compose/model/names.ts';
import { type ReleaseRun, record, releaseNow } from '../../project/run.ts';
import { deadline } from '../../system/clock.ts';

/**
 * Says how a migration ended whose command was stopped or killed meanwhile. It is never stopped: half of one may be worse
 * than all of it. Waits for it as long as for a service to start, then says that it still runs.
 */
export async function settleMigration(run: ReleaseRun): Promise<void> {
  const { context, project, signal } = run;
  if ((await releaseNow(run)).migration !== 'begun') return;
  const { emit, engine, clock } = context;
  const name = migrationContainer(project.name, run.release.id);
  const service = project.config.database.migrate?.service ?? '';
  const which = `The migration${service && ` of ${service}`}`;
  const late = deadline(clock, project.config.startTimeout);
  emit({ type: 'notice', text: `${which} had begun: it is not stopped, only waited for.` });
  try {
    const exitCode = await engine.exitCode(name, AbortSignal.any([signal, late.signal]));
    if (exitCode === undefined) {
      const text = `${which} left no container: whether it did its work is not known. Look at the database.`;
      return emit({ type: 'warning', text });
    }
    const text = `${which} has ended with exit code ${exitCode}. What it did to the database stays.`;
    await record(run, { type: 'migration-ended', service, exitCode });
    await engine.destroyContainer(name);
    emit({ type: 'warning', text });
  } catch (error) {
    signal.throwIfAborted();
    if (!late.signal.aborted) throw error;
    const text = `${which} still runs in container ${name}, and goes on. \`docker logs ${name}\` shows what it does.`;
    emit({ type: 'warning', text });
  } finally {
    late.end();
  }
}
