import { join } from 'node:path';
import { type Backup, type TablesOf, touchedTables } from '../../database/backup.ts';
import { formatBytes } from '../../database/bytes.ts';
import { CanaryError, messageOf } from '../../errors.ts';
import { hasRelease, type Run, record, releaseNow } from '../../project/run.ts';
import { sharedDataOf } from '../../rehearsal/agreement.ts';
import { originalsOf } from '../../rehearsal/originals.ts';
import type { Dump } from '../../rehearsal/server-kind.ts';
import { clause, ended } from '../../sentences.ts';
import { freeBytes } from '../../system/files.ts';

/** Bytes that must stay free on the disk. */
const RESERVE = 100_000_000;

/** Backs up the tables that, according to the rehearsal, the canary's boot will change. */
export async function backUp(run: Run): Promise<void> {
  if (!hasRelease(run)) return;
  const release = await releaseNow(run);
  if (!release.rehearsal || release.hasBooted) return;
  for (const touched of touchedTables(release.rehearsal.report)) {
    try {
      const backup = await keepTables(run, release.id, touched);
      if (backup) await record(run, { type: 'backed-up', ...backup });
    } catch (error) {
      run.signal.throwIfAborted();
      if (error instanceof CanaryError && error.code !== 'command-failed') throw error;
      const details = error instanceof CanaryError ? error.details : [];
      throw notKept(touched.service, clause(messageOf(error)), details);
    }
  }
}

async function keepTables(
  run: Run,
  id: string,
  { service, tables }: TablesOf,
): Promise<Backup | undefined> {
  const { context, project, signal } = run;
  const { databases } = await sharedDataOf(project);
  const wanted = databases.filter((each) => each.service === service);
  const [original] = await originalsOf(run, wanted);
  if (!original) return undefined;
  const { server, at } = original;
  await server.clear(at);
  const dumps = await server.dump(at, tables);
  if (dumps.length === 0) return undefined;
  const folder = await project.journals.backupFolder(id);
  await requireSpace(service, folder.path, dumps);
  const file = `${service}.sql.gz`;
  const onBytes = (total: number) =>
    context.emit({ type: 'progress', text: `keeping ${service}: ${formatBytes(total)}` });
  const path = join(folder.path, file);
  const bytes = await context.streams.save(dumps, path, { signal, onBytes });
  const restore = await server.reader(at);
  return { service, file: `${folder.name}/${file}`, tables, bytes, restore };
}

/** A dump is hardly larger than its tables, and much smaller when compressed. */
async function requireSpace(
  service: string,
  folder: string,
  dumps: readonly Dump[],
): Promise<void> {
  const wanted = dumps.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
  const free = await freeBytes(folder);
  if (wanted + RESERVE <= free) return;
  const text = `they take up to ${formatBytes(wanted)}, and ${formatBytes(free)} are free`;
  throw notKept(service, text, []);
}

function notKept(service: string, why: string, details: readonly string[]): CanaryError {
  return new CanaryError(
    'backup-failed',
    ended(`The tables of \`${service}\` that the canary changes could not be kept: ${why}`),
    {
      details,
      hint: 'The canary was not started. To deploy without a backup, set `database: {backup: off}` in canary.yaml.',
    },
  );
}
