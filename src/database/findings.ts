import { compareRows } from './compare/rows.ts';
import { compareSnapshots } from './compare/snapshots.ts';
import { type Effect, effect, type Finding, worstFirst } from './finding.ts';
import type { DefinitionChange, HeldLock, Observation } from './observation.ts';

interface Limits {
  /** Milliseconds for which a lock may keep others waiting. */
  lock: number;
  /** Percent of a table's rows from which a loss of rows counts. */
  massShare: number;
  /** The copy holds every row. */
  hasAllRows: boolean;
}

/** What was seen of a database, as findings: the worst first. Pure. */
export function findingsOf(database: string, observation: Observation, limits: Limits): Finding[] {
  const { before, after, changes, locks } = observation;
  const effects = [
    ...compareSnapshots(before, after, limits.hasAllRows).map((each) => blame(each, changes)),
    ...compareRows(observation, limits.massShare),
    ...longLocks(locks, observation, limits.lock),
  ];
  return worstFirst(effects.map(({ changed: _, ...rest }) => ({ ...rest, database })));
}

/** With the statement that did it: the last one that touched what changed. */
function blame(done: Effect, changes: readonly DefinitionChange[]): Effect {
  const { changed, kind } = done;
  const touching = changes.filter(({ objects }) => changed && objects.includes(changed));
  // What is dropped and recreated is the fault of the first.
  const isDrop = /-(dropped|recreated)$/.test(kind);
  const drops = touching.filter(({ statement = '' }) => /\bdrop\b/i.test(statement));
  const { statement, service } = (isDrop ? drops.at(0) : undefined) ?? touching.at(-1) ?? done;
  return { ...done, statement, service };
}

/** Of each table the longest; on tables that only the canary knows nobody waits. */
function longLocks(locks: readonly HeldLock[], { before }: Observation, limit: number): Effect[] {
  return before.tables.flatMap(({ name }) => {
    const [longest] = locks
      .filter((lock) => lock.table === name && lock.ms > limit)
      .sort((left, right) => right.ms - left.ms);
    if (!longest) return [];
    const { blocks, ms, statement, service } = longest;
    const text = `table ${name} is locked against ${blocks} for ${(ms / 1000).toFixed(1)} s`;
    return [{ ...effect('contracting', 'lock-held', name, text), statement, service }];
  });
}
