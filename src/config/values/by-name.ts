/** What a record has under a name from outside; nothing that every object has, such as `constructor`. */
export function ownValue<Value>(
  record: Readonly<Record<string, Value>>,
  name: string,
): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

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
