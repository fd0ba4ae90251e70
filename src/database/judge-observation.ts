import { compareRows } from './compare/rows.ts';
import { compareSnapshots } from './compare/snapshots.ts';
import { CLASSES, type Difference, type Finding } from './finding.ts';
import type { DefinitionChange, HeldLock, Observation, Origin } from './observation.ts';

export interface ObservationLimits {
  /** Milliseconds for which a lock may keep others waiting. */
  lock: number;
  /** Percent of a table's rows from which a loss of rows counts. */
  massShare: number;
  /** The copy holds every row. */
  hasAllRows: boolean;
}

/** What was seen of a database, as findings: the worst first. Pure. */
export function judgeObservation(
  database: string,
  observation: Observation,
  limits: ObservationLimits,
): Finding[] {
  const { before, after, changes, locks } = observation;
  const differences = [
    ...compareSnapshots(before, after, limits.hasAllRows).map((each) => blame(each, changes)),
    ...compareRows(observation, limits.massShare),
    ...longLocks(locks, observation, limits.lock),
  ];
  return differences
    .map(({ changed: _, ...difference }): Finding => ({ ...difference, database }))
    .sort((left, right) => CLASSES.indexOf(left.class) - CLASSES.indexOf(right.class));
}

/** With the statement that did it: the last one that touched what changed. */
function blame(difference: Difference, changes: readonly DefinitionChange[]): Difference {
  const name = difference.changed;
  const words = difference.kind.split('-').at(-1) ?? '';
  const touching = changes.filter(({ objects }) => name !== undefined && objects.includes(name));
  // What is dropped and made anew is the fault of the first.
  const isDrop = words === 'dropped' || words === 'recreated';
  const drops = touching.filter(({ statement = '' }) => /\bdrop\b/i.test(statement));
  const done = (isDrop ? drops.at(0) : undefined) ?? touching.at(-1);
  return done ? { ...difference, ...originOf(done) } : difference;
}

/** Of each table the longest; on tables that only the canary knows nobody waits. */
function longLocks(
  locks: readonly HeldLock[],
  { before }: Observation,
  limit: number,
): Difference[] {
  return before.tables.flatMap(({ name }) => {
    const [longest] = locks
      .filter((lock) => lock.table === name && lock.ms > limit)
      .sort((left, right) => right.ms - left.ms);
    if (!longest) return [];
    const text = `table ${name} is locked against ${longest.blocks} for ${(longest.ms / 1000).toFixed(1)} s`;
    return [
      {
        ...{ class: 'contracting' as const, kind: 'lock-held', object: name, text },
        ...originOf(longest),
      },
    ];
  });
}

function originOf({ statement, service }: Origin): Origin {
  return { ...(statement ? { statement } : {}), ...(service ? { service } : {}) };
}
