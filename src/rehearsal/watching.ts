import type { Finding } from '../database/finding.ts';
import { findingsOf } from '../database/findings.ts';
import type { CopiedDatabase } from '../database/report.ts';
import { CanaryError } from '../errors.ts';
import { isSoInTime, isSoWithin } from '../project/until.ts';
import type { Copy } from './copy-database.ts';
import type { ServiceAt, Watch } from './server-kind.ts';
import type { SqliteCopy } from './sqlite/sqlite.ts';
import type { Stage } from './stage.ts';

/** A copy of any kind of database, which can be watched once and again. */
export interface Watchable {
  copied: CopiedDatabase;
  /** `isCanary`: what production asks is tried too. */
  watch(isCanary: boolean): Promise<Watch>;
}

export function watchable(copies: readonly Copy[], files: readonly SqliteCopy[]): Watchable[] {
  return [
    ...copies.map(({ server, at, copied, asked }) => ({
      copied,
      watch: (isCanary: boolean) => server.watch(at, isCanary ? asked : []),
    })),
    ...files.map(({ name: service, bytes, look }) => ({
      copied: { service, server: 'SQLite', data: 'full' as const, bytes },
      watch: async () => ({ end: () => look() }),
    })),
  ];
}

/** Takes the first look at every copy; what is returned takes the last one and says what was found. */
export async function watchAll(
  { run: { project } }: Stage,
  all: readonly Watchable[],
  isCanary: boolean,
): Promise<(serviceAt: ServiceAt) => Promise<Finding[]>> {
  const { lockLimit: lock, massChange: massShare } = project.config.database;
  const watched = await Promise.all(
    all.map(async ({ copied, watch }) => ({ copied, ...(await watch(isCanary)) })),
  );
  return async (serviceAt) => {
    const found = await Promise.all(
      watched.map(async ({ copied: { service, data }, end }) => {
        const limits = { lock, massShare, hasAllRows: data === 'full' };
        return findingsOf(service, await end(serviceAt), limits);
      }),
    );
    return found.flat();
  };
}

/** Waits for work that a boot starts and finishes later: at least `settle` of canary.yaml, and until all is quiet. */
export async function settle(
  { run }: Stage,
  copies: readonly Copy[],
  /** Addresses of what is not waited for. */
  besides: readonly string[],
): Promise<void> {
  const { settle: ms } = run.project.config.database;
  await run.context.clock.sleep(ms, run.signal);
  if (await isSoInTime(run, () => areQuiet(copies, besides), ms)) return;
  // What is still being done is not fully known.
  const text = 'The canary is still working in the copy of the database.';
  throw new CanaryError('not-rehearsed', text, {
    hint: 'Production was not touched. `startTimeout` in canary.yaml gives it more time.',
  });
}

/** The same for what runs before the canary: it may work all the time, so that this ends some time. */
export async function calmDown({ run }: Stage, copies: readonly Copy[]): Promise<void> {
  const { settle: ms } = run.project.config.database;
  await run.context.clock.sleep(ms, run.signal);
  await isSoWithin(run, LONGEST_SETTLES * ms, () => areQuiet(copies, []));
}

const LONGEST_SETTLES = 5;

async function areQuiet(copies: readonly Copy[], besides: readonly string[]): Promise<boolean> {
  const all = await Promise.all(copies.map(({ server, at }) => server.isQuiet(at, besides)));
  return all.every(Boolean);
}
