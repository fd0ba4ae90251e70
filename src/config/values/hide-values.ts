/** A text to be hidden, and the variable by whose name it is shown. */
interface Form {
  name: string;
  text: string;
}

/** What is looked for, so that the work at each place of a text is bounded however many values there are. */
interface Known {
  /** By the beginning of a form, no longer than `LONGEST_START`: all that begin so, the longest first. */
  starts: Map<string, Form[]>;
  /** By its first character: how long those beginnings are, the longest first. */
  lengths: Map<string, number[]>;
}

/** Whatever begins like a longer form is hidden: this much of it is no word of another text. */
const LONGEST_START = 64;
/** Shorter lines are words of other texts too. */
const SHORTEST_LINE = 5;

/** Removes the values of variables from a text, also if they were encoded or their case was changed. */
export function hideValues(text: string, values: Readonly<Record<string, string>>): string {
  return valueHider(Object.entries(values))(text);
}

/** The same for many texts. In one pass, however many values there are: both may be long. */
export function valueHider(values: Iterable<readonly [string, string]>): (text: string) => string {
  const known = knownOf(values);
  return (text) => {
    const folded = fold(text);
    let shown = '';
    let from = 0;
    for (let at = 0; at < text.length; ) {
      const found = longestAt(known, folded, at);
      if (found) shown += `${text.slice(from, at)}\${${found.name}}`;
      at += found?.length ?? 1;
      if (found) from = at;
    }
    return shown + text.slice(from);
  };
}

function knownOf(values: Iterable<readonly [string, string]>): Known {
  const names = new Map<string, string>();
  for (const [name, value] of values)
    for (const text of formsOf(value).map(fold))
      if (text !== '' && !names.has(text)) names.set(text, name);
  const forms = [...names].map(([text, name]) => ({ name, text }));
  const known: Known = { starts: new Map(), lengths: new Map() };
  for (const form of forms.sort((left, right) => right.text.length - left.text.length)) {
    const start = form.text.slice(0, LONGEST_START);
    const lengths = known.lengths.get(start.charAt(0)) ?? [];
    if (lengths.at(-1) !== start.length) lengths.push(start.length);
    known.lengths.set(start.charAt(0), lengths);
    const alike = known.starts.get(start) ?? [];
    alike.push(form);
    known.starts.set(start, alike);
  }
  return known;
}

/** The longest form at a place of a text, and how much of it is there. */
function longestAt(
  { starts, lengths }: Known,
  text: string,
  at: number,
): { name: string; length: number } | undefined {
  for (const length of lengths.get(text.charAt(at)) ?? []) {
    const alike = starts.get(text.slice(at, at + length));
    if (!alike) continue;
    let best = { name: alike[0]?.name ?? '', length };
    for (const form of alike) {
      const common = commonLength(form.text, text, at, length);
      if (common > best.length) best = { name: form.name, length: common };
    }
    return best;
  }
  return undefined;
}

/**
 * How much of a form is at a place of a text, of which `known` is already. All of that is hidden and passed over, so that
 * looking costs no more than the text is long.
 */
function commonLength(form: string, text: string, at: number, known: number): number {
  let length = known;
  while (length < form.length && form.charCodeAt(length) === text.charCodeAt(at + length))
    length += 1;
  return length;
}

/** In small letters, each as long as it was. */
function fold(text: string): string {
  return text.replace(/\p{Lu}/gu, (letter) => {
    const small = letter.toLowerCase();
    return small.length === letter.length ? small : letter;
  });
}

function formsOf(value: string): string[] {
  const lines = value.includes('\n') ? value.split('\n').map((line) => line.trim()) : [];
  return [
    ...[value, value.trim(), encodeURIComponent(value)],
    ...[JSON.stringify(value).slice(1, -1), ...partsOfAddress(value)],
    // What is shown line by line.
    ...lines.filter((line) => line.length >= SHORTEST_LINE),
  ];
}

/** The parts of an address that an error message may contain. */
function partsOfAddress(value: string): string[] {
  if (!URL.canParse(value)) return [];
  const { host, hostname, username, password, pathname } = new URL(value);
  return [host, hostname, username, password, pathname].filter((part) => part.length > 1);
}
