import type { Fields } from '../model/fields.ts';
import type { ComposeModel, ComposeService } from '../model/model.ts';
import { replace, reset } from '../model/tagged.ts';
import { discoveryOf } from '../services/discovery.ts';

/**
 * The labels of a clone, and the environment variables that must be empty in it: the labels by
 * which canary recognizes it, and none by which routers, schedulers or monitoring would take it for
 * the service. `kept`: its other labels, as written.
 */
export function discoveryFields(
  service: ComposeService,
  { services }: ComposeModel,
  kept: Readonly<Record<string, string>> = {},
  own: Fields = {},
): Fields {
  const found = discoveryOf(service, Object.values(services));
  const labels = { ...found.replacements, ...own };
  return {
    ...(found.labels.length === 0
      ? { labels }
      : // Otherwise the labels of a file would come back.
        { labels: replace({ ...kept, ...labels }), label_file: reset([]) }),
    ...(found.environment.length > 0
      ? { environment: Object.fromEntries(found.environment.map((key) => [key, ''])) }
      : {}),
  };
}
