/**
 * A record by names from outside. It has no property that every object has: `constructor` and the
 * like are known only if they are there.
 */
export function byName<Value>(
  entries: Iterable<readonly [string, Value]> = [],
): Record<string, Value> {
  const record: Record<string, Value> = Object.create(null);
  for (const [name, value] of entries) record[name] = value;
  return record;
}
