const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** The variables of the environment that texts name as `${NAME}` and that are not set. */
export function missingVariables(
  texts: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  const names = texts.flatMap((text) => [...text.matchAll(VARIABLE)].map(([, name = '']) => name));
  return [...new Set(names)].filter((name) => !env[name]);
}

/** A text with the variables that it names; those that are not set are left out. */
export function expandVariables(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  return text.replace(VARIABLE, (_, name: string) => env[name] ?? '');
}
