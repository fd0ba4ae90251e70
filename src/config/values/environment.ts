import { ownValue } from './by-name.ts';

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

type Environment = Readonly<Record<string, string | undefined>>;

/** The environment variables that the texts name as `${NAME}` and that are not set. */
export function missingVariables(texts: readonly string[], env: Environment): string[] {
  return [...new Set(texts.flatMap(namesIn))].filter((name) => !ownValue(env, name));
}

/** Replaces the variables in a text; those that are not set become empty. */
export function expandVariables(text: string, env: Environment): string {
  return text.replace(VARIABLE, (_, name: string) => ownValue(env, name) ?? '');
}

/**
 * Replaces the variables in a text, and returns their values by name; or the first name that is not
 * set.
 */
export function fillVariables(
  text: string,
  env: Environment,
): { text: string; values: Record<string, string> } | { missing: string } {
  const [missing] = missingVariables([text], env);
  if (missing !== undefined) return { missing };
  const values = Object.fromEntries(namesIn(text).map((name) => [name, ownValue(env, name) ?? '']));
  return { text: expandVariables(text, env), values };
}

function namesIn(text: string): string[] {
  return [...text.matchAll(VARIABLE)].map(([, name = '']) => name);
}
