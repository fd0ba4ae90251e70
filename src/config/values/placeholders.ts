import { parseDuration } from './duration.ts';

/**
 * The placeholders `{{…}}` for a query, an address or a body. Their values contain no characters
 * with a special meaning there.
 */
const PLACES = [
  'project',
  'service',
  'canaryService',
  'stableBackend',
  'canaryBackend',
  'release',
  'commit',
] as const;

export type PlaceholderValues = Readonly<Record<(typeof PLACES)[number], string>> & {
  /** The time of `{{now}}`; `{{now-5m}}` is five minutes before it. */
  readonly now: Date;
};

const PLACE = /\{\{([^{}]*)\}\}/g;

/** The problem of the placeholders in a text; `undefined` if all are known. */
export function placeProblem(text: string): string | undefined {
  const names = [...text.matchAll(PLACE)].map(([, name = '']) => name.trim());
  const unknown = names.find((name) => !isPlace(name) && timeBeforeNow(name) === undefined);
  const known = [...PLACES, 'now', 'now-5m'].join(', ');
  return unknown === undefined ? undefined : `has the unknown {{${unknown}}}; there are ${known}`;
}

/** Replaces the placeholders in a text; times are seconds since 1970. */
export function fillPlaces(
  text: string,
  places: PlaceholderValues,
  encode: (value: string) => string = (value) => value,
): string {
  return text.replace(PLACE, (whole, inside: string) => {
    const name = inside.trim();
    if (isPlace(name)) return encode(places[name]);
    const before = timeBeforeNow(name);
    return before === undefined
      ? whole
      : String(Math.floor((places.now.getTime() - before) / 1000));
  });
}

function timeBeforeNow(name: string): number | undefined {
  if (name === 'now') return 0;
  const [, duration] = /^now ?- ?(\S+)$/.exec(name) ?? [];
  return duration === undefined ? undefined : parseDuration(duration);
}

function isPlace(name: string): name is (typeof PLACES)[number] {
  return PLACES.some((each) => each === name);
}
