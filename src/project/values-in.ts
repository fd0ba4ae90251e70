import { expressionsIn, type Variables } from '../compose/images/variables.ts';
import type { Fields } from '../compose/model/fields.ts';
import { stringify } from '../compose/model/tagged.ts';
import type { Compose, ComposeScope } from '../system/docker/compose.ts';

/**
 * The values that variables have for services, as Compose gives them: from the environment, an env file or a default in
 * one of the definitions as written. Empty for those that have none.
 */
export async function valuesIn(
  compose: Compose,
  scope: ComposeScope,
  written: readonly (Fields | undefined)[],
  names: readonly string[],
): Promise<Variables> {
  const expressions = written.flatMap((each) => expressionsIn(each));
  const asked = names.map((name) => [
    name,
    expressions.find((each) => each.name === name && !each.text.includes('?'))?.text ??
      `\${${name}:-}`,
  ]);
  const text = stringify({
    services: { values: { image: 'none', labels: Object.fromEntries(asked) } },
  });
  const { values } = (await compose.part(scope, text)).services;
  return values?.labels ?? {};
}
