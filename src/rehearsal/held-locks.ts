/** Sightings of locks as spans: for each key from the first sighting to the last, as long as the next follows. */
export function spansOf<Seen>(
  sightings: readonly Seen[],
  keyOf: (seen: Seen) => string,
  follows: (last: Seen, next: Seen) => boolean,
): { first: Seen; last: Seen }[] {
  const spans = new Map<string, { first: Seen; last: Seen }[]>();
  for (const seen of sightings) {
    const own = spans.get(keyOf(seen)) ?? [];
    const current = own.at(-1);
    if (current && follows(current.last, seen)) current.last = seen;
    else own.push({ first: seen, last: seen });
    spans.set(keyOf(seen), own);
  }
  return [...spans.values()].flat();
}
