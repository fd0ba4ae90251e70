import { type ComparedDefinition, type Definition, isWithin } from '../definition.ts';
import { type Effect, effect } from '../finding.ts';
import { shownLines } from '../statement.ts';

/** How many lines of a difference are shown. */
const MOST_LINES = 4;

/**
 * Differences of the complete definition that none of the effects explains, one for each thing that
 * differs: what canary has no class for is never passed over. `quotes`: as for `shownStatement`.
 */
export function unclassified(
  compared: ComparedDefinition,
  effects: readonly Effect[],
  database: string,
): Effect[] {
  if ('problem' in compared) {
    const text = `the complete definition of ${database} cannot be compared: ${compared.problem}`;
    return [effect('unclassified', 'definition-unknown', database, text)];
  }
  const { before, after } = compared;
  const explained = effects.flatMap(({ explains = [] }) => explains);
  const differing = [...new Set([...before.keys(), ...after.keys()])].filter(
    (key) => before.get(key)?.text !== after.get(key)?.text,
  );
  const byName = new Map<string, string[]>();
  for (const key of differing) {
    if (explained.some((outer) => isWithin(key, outer))) continue;
    const name = nameOf(after.get(key)?.name ?? before.get(key)?.name ?? database);
    byName.set(name, [...(byName.get(name) ?? []), key]);
  }
  return [...byName].map(([name, keys]) => {
    const lines = keys.flatMap((key) => changedLines(before, after, key));
    const rest = lines.length - MOST_LINES;
    const shown = lines.slice(0, MOST_LINES).join(', ') || 'only in values, which are hidden';
    const more = rest > 0 ? `, and ${rest} more ${rest === 1 ? 'line' : 'lines'}` : '';
    const text = `the definition of ${name} differs in a way that canary has no class for: ${shown}${more}`;
    return effect('unclassified', 'definition-changed', name, text);
  });
}

/** Lines that are gone and lines that are new, marked as in a patch. */
function changedLines(before: Definition, after: Definition, key: string): string[] {
  const [old, now] = [before, after].map((each) => shownLines(each.get(key)?.text ?? ''));
  return [
    ...without(old ?? [], now ?? []).map((line) => `- \`${line}\``),
    ...without(now ?? [], old ?? []).map((line) => `+ \`${line}\``),
  ];
}

function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}

/** As an exception can name it: on one line, and without the signs of patterns. */
function nameOf(name: string): string {
  return name.replace(/[\p{Cc}*?]/gu, '_').trim();
}
