import { parseDuration } from './duration.ts';
import { literally } from './literally.ts';

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

/**
 * Removes the values of variables from a text, also if they were encoded or their case was changed.
 */
export function hideValues(text: string, values: Readonly<Record<string, string>>): string {
  const forms = Object.entries(values)
    .flatMap(([name, value]) =>
      [value, value.trim(), ...encoded(value), ...partsOfAddress(value)]
        .filter((form) => form !== '')
        .map((form) => ({ name, form })),
    )
    .sort((left, right) => right.form.length - left.form.length);
  if (forms.length === 0) return text;
  const pattern = new RegExp(forms.map(({ form }) => `(${literally(form)})`).join('|'), 'gi');
  return text.replace(pattern, (_, ...groups) => {
    const found = forms[groups.findIndex((group) => group !== undefined)];
    return `\${${found?.name}}`;
  });
}

function encoded(value: string): string[] {
  return [encodeURIComponent(value), JSON.stringify(value).slice(1, -1)];
}

/** The parts of an address that an error message may contain. */
function partsOfAddress(value: string): string[] {
  if (!URL.canParse(value)) return [];
  const { host, hostname, username, password, pathname } = new URL(value);
  return [host, hostname, username, password, pathname].filter((part) => part.length > 1);
}

function timeBeforeNow(name: string): number | undefined {
  if (name === 'now') return 0;
  const [, duration] = /^now ?- ?(\S+)$/.exec(name) ?? [];
  return duration === undefined ? undefined : parseDuration(duration);
}

function isPlace(name: string): name is (typeof PLACES)[number] {
  return PLACES.some((each) => each === name);
}
