import type { Fields } from './fields.ts';
import type { ComposeModel } from './model.ts';
import { joinedNamespaces } from './namespaces.ts';

/**
 * A resolved model, as Compose printed it, of which it makes the digests that containers have. They are made of the
 * values alone; `config --hash` does not read the files that these are from, and takes the names of the files in.
 */
export function digestedModel(json: string): string {
  const model: { services: Record<string, Fields> } = JSON.parse(json);
  for (const service of Object.values(model.services)) {
    delete service.env_file;
    delete service.label_file;
  }
  return JSON.stringify(model);
}

/** Whether a service joins another's container: the id of that container is in its digest. */
export function joinsContainer(name: string, model: ComposeModel): boolean {
  const service = model.services[name] ?? {};
  return (service.volumes_from ?? []).length > 0 || joinedNamespaces(service, model).length > 0;
}
