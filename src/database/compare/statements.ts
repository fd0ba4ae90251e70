import type { TriedStatement } from '../asked.ts';
import { type Effect, effect } from '../finding.ts';
import { shownStatement } from '../statement.ts';

/**
 * What production asks and the database no longer answers, or answers with other columns. `changes`: what else was
 * found; a statement that names one of its tables is reported with that, so that one exception covers both.
 */
export function compareStatements(
  tried: readonly TriedStatement[],
  changes: readonly Effect[],
): Effect[] {
  const groups = new Map<string, { first: TriedStatement; more: number; effect: Effect }>();
  const often = [...tried].sort((left, right) => (right.calls ?? 0) - (left.calls ?? 0));
  for (const each of often) {
    const meaning = meaningOf(each);
    if (!meaning) continue;
    const object = objectOf(each, changes);
    const key = JSON.stringify([meaning, object]);
    const known = groups.get(key);
    if (known) known.more += 1;
    else groups.set(key, { first: each, more: 0, effect: toldOf(each, meaning, object) });
  }
  return [...groups.values()].map(({ effect: each, more }) => ({
    ...each,
    text: each.text + (more > 0 ? `; the same for ${more} more` : ''),
  }));
}

type Meaning = { kind: 'fails'; problem: string } | { kind: 'fewer' | 'other' };

function meaningOf({ before, after }: TriedStatement): Meaning | undefined {
  if (before.problem !== undefined || after.problem === '') return undefined;
  if (after.problem !== undefined) return { kind: 'fails', problem: after.problem };
  if (before.columns === undefined || after.columns === undefined) return undefined;
  if (after.columns < before.columns) return { kind: 'fewer' };
  const isOther = after.columns > before.columns || after.types !== before.types;
  return isOther ? { kind: 'other' } : undefined;
}

function toldOf(statement: TriedStatement, meaning: Meaning, object: string): Effect {
  const { role, calls, text } = statement;
  const often = calls === undefined ? 'seen running' : count(calls);
  const whose = `a statement of ${role} in production (${often})`;
  const what =
    meaning.kind === 'fails'
      ? effect('contracting', 'statement-fails', object, `${whose} fails now: ${meaning.problem}`)
      : meaning.kind === 'fewer'
        ? effect('contracting', 'statement-changed', object, `${whose} returns fewer columns now`)
        : effect('interrupting', 'statement-changed', object, `${whose} returns other columns now`);
  return { ...what, statement: shownStatement(text) };
}

function count(calls: number): string {
  return calls === 1 ? '1 call' : `${calls.toLocaleString('en-US')} calls`;
}

/** The changed table or object that a statement names; else the statements themselves. */
function objectOf({ text }: TriedStatement, changes: readonly Effect[]): string {
  const words = new Set(text.split(/[^\p{L}\p{N}_$]+/u));
  const isNamed = ({ object }: Effect) => {
    const [name = ''] = object.split('(', 1);
    return words.has(name.split(/[^\p{L}\p{N}_$]+/u).findLast(Boolean) ?? name);
  };
  const worst = changes.find((each) => each.class !== 'none' && isNamed(each));
  return worst?.object ?? 'statements';
}
