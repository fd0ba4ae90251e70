const PLACE = /\{\{([^{}]*)\}\}/g;

/** The problem of the placeholders `{{…}}` in a template; `undefined` if all have one of these names. */
export function templateProblem(text: string, names: readonly string[]): string | undefined {
  const unknown = placesIn(text).find((name) => !names.includes(name));
  const known = names.join(', ');
  return unknown === undefined ? undefined : `has the unknown {{${unknown}}}; there are ${known}`;
}

/** Fills a template in one pass, so that a value with `{{…}}` in it stays a value; what has no value becomes empty. */
function fillTemplate(
  text: string,
  values: Readonly<Record<string, string | number | undefined>>,
  encode: (value: string) => string,
): string {
  return text.replace(PLACE, (_, name: string) => encode(String(values[name.trim()] ?? '')));
}

/** The same for the body of a request: in one that is JSON, values are escaped as JSON wants it. */
export function fillBody(
  template: string,
  values: Readonly<Record<string, string | number | undefined>>,
): string {
  const isJson = /^\s*(\{(?!\{)|\[)/.test(template);
  return fillTemplate(template, values, isJson ? insideJson : (value) => value);
}

/** A value as it stands between the quotes of a JSON text. */
function insideJson(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

function placesIn(text: string): string[] {
  return [...text.matchAll(PLACE)].map(([, name = '']) => name.trim());
}
