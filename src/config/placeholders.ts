import { parseDuration } from './duration.ts';
import { literally } from './literally.ts';

/** What `{{…}}` can stand for in a query, an address or a body: nothing in these values means more than itself there. */
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
  /** What `{{now}}` is; `{{now-5m}}` is before it. */
  readonly now: Date;
};

const PLACE = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** What is wrong with the `{{…}}` of a text; `undefined` when all of them are known. */
export function placeProblem(text: string): string | undefined {
  const unknown = [...text.matchAll(PLACE)].find(([, name = '']) => {
    return !isPlace(name) && timeBeforeNow(name) === undefined;
  });
  const known = [...PLACES, 'now', 'now-5m'].join(', ');
  return unknown && `has the unknown {{${unknown[1]}}}; there are ${known}`;
}

/** A text with what its `{{…}}` stand for; times are seconds since 1970. */
export function fillPlaces(
  text: string,
  places: PlaceholderValues,
  encode: (value: string) => string = (value) => value,
): string {
  return text.replace(PLACE, (whole, name) => {
    if (isPlace(name)) return encode(places[name]);
    const before = timeBeforeNow(name);
    return before === undefined
      ? whole
      : String(Math.floor((places.now.getTime() - before) / 1000));
  });
}

/** A text without the values of variables, also where they were encoded on the way or lost their capitals. */
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

/** What an error may name of an address. */
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
