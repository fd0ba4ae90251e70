import { stringify } from '../../compose/model/tagged.ts';
import type { Compose, ComposeScope } from '../../system/docker/compose.ts';

/**
 * Replaces the variables in paths by letting Compose read them, as labels of a service. If it cannot, they are left
 * out: Compose says so when it reads the file itself.
 */
export function pathsWithoutVariables(compose: Compose, scope: ComposeScope) {
  return async (paths: readonly string[]): Promise<string[]> => {
    if (!paths.some((path) => path.includes('$'))) return [...paths];
    const labels = Object.fromEntries(paths.map((path, index) => [index, path]));
    const text = stringify({ name: 'paths', services: { paths: { image: 'none', labels } } });
    const model = await compose.part(scope, text).catch(() => undefined);
    return Object.values(model?.services.paths?.labels ?? {}).filter(Boolean);
  };
}
