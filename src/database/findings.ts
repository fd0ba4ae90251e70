import { unclassified } from './compare/definition.ts';
import { compareRows } from './compare/rows.ts';
import { compareSnapshots } from './compare/snapshots.ts';
import { compareStatements } from './compare/statements.ts';
import { type Effect, effect, type Finding, worstFirst } from './finding.ts';
import type { DefinitionChange, HeldLock, Observation } from './observation.ts';
import { stepsWithoutLock } from './ways.ts';

interface Limits {
  /** How long a lock may block others, in milliseconds. */
  lock: number;
  /** A loss of rows counts from this percentage of a table's rows. */
  massShare: number;
  /** The copy contains all rows. */
  hasAllRows: boolean;
}

/** Turns the observation of a database into findings, the worst first. Pure. */
export function findingsOf(database: string, observation: Observation, limits: Limits): Finding[] {
  const { before, after, changes, locks } = observation;
  const compared = compareSnapshots(before, after, limits.hasAllRows);
  const effects = [
    ...[
      ...compared,
      ...unclassified(observation.definition, compared, database),
      ...(observation.fixesResults ? otherResults(compared) : []),
    ].map((each) => blame(each, changes)),
    ...compareStatements(observation.statements ?? [], compared),
    ...compareRows(observation, limits.massShare),
    ...longLocks(locks, observation, limits.lock),
  ];
  return worstFirst(
    effects.map(({ changed: _, explains: _explains, ...rest }) => ({ ...rest, database })),
  );
}

/** Statements about nothing that the server names, such as rights, that have the name as a word. */
function mentioning(object: string, changes: readonly DefinitionChange[]): DefinitionChange[] {
  const [name = ''] = object.split('(', 1);
  const word = name.split(/[^\w$]+/).findLast(Boolean) ?? object;
  return changes.filter(
    ({ objects, statement = '' }) =>
      objects.length === 0 && statement.split(/[^\w$]+/).includes(word),
  );
}

/** What is left of a prepared statement with whole rows when a table or view gets a column. */
function otherResults(effects: readonly Effect[]): Effect[] {
  const isLonger = ({ class: level, kind }: Effect) =>
    level === 'expanding' && /^(column-(added|widened)|view-changed)$/.test(kind);
  const names = new Set(effects.filter(isLonger).map(({ object }) => object));
  return [...names].map((name) => {
    const text = `prepared statements with whole rows of ${name} (\`SELECT *\`) fail once on each open connection of the stable`;
    return effect('interrupting', 'result-changed', name, text);
  });
}

/** Adds the statement that caused the effect: the last one that touched the changed object. */
function blame(done: Effect, all: readonly DefinitionChange[]): Effect {
  const own = all.filter(({ isStable }) => !isStable);
  const touching = touchingIn(own, done);
  if (touching.length > 0) return causedBy(done, touching);
  const byStable = touchingIn(
    all.filter(({ isStable }) => isStable),
    done,
  );
  return byStable.length > 0 ? { ...causedBy(done, byStable), class: 'none' } : done;
}

/** The statements that touched what an effect is about, as closely as is known. */
function touchingIn(
  changes: readonly DefinitionChange[],
  { changed, object }: Effect,
): DefinitionChange[] {
  const isOf = (name: string | undefined) =>
    changes.filter(({ objects }) => name && objects.includes(name));
  return (
    [isOf(changed), isOf(object), mentioning(object, changes)].find((found) => found.length > 0) ??
    []
  );
}

function causedBy(done: Effect, touching: readonly DefinitionChange[]): Effect {
  // If an object was dropped and recreated, the first drop is the cause.
  const isDrop = /-(dropped|recreated)$/.test(done.kind);
  const drops = touching.filter(({ statement = '' }) => /\bdrop\b/i.test(statement));
  const cause = (isDrop ? drops.at(0) : undefined) ?? touching.at(-1) ?? done;
  const { statement, service, isStable } = cause;
  return { ...done, statement, service, ...(isStable && { isStable }) };
}

/** The longest lock of each table; tables that only the canary knows block no one. */
function longLocks(locks: readonly HeldLock[], { before }: Observation, limit: number): Effect[] {
  return before.tables.flatMap(({ name }) => {
    const [longest] = locks
      .filter((lock) => lock.table === name && lock.ms > limit && !lock.isStable)
      .sort((left, right) => right.ms - left.ms);
    if (!longest) return [];
    const { blocks, ms, statement, service } = longest;
    const text = `table ${name} is locked against ${blocks} for ${(ms / 1000).toFixed(1)} s`;
    const steps = stepsWithoutLock(statement);
    return [{ ...effect('contracting', 'lock-held', name, text), statement, service, steps }];
  });
}
