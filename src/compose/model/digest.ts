import type { Fields } from './fields.ts';
import type { ComposeModel } from './model.ts';
import { joinedNamespaces } from './namespaces.ts';

/**
 * A resolved model of which Compose makes the digests that containers have. They are made of the values alone;
 * `config --hash` does not read the files that these are from, and takes the names of the files in.
 */
export function digestedModel(model: ComposeModel): ComposeModel {
  const services = Object.entries(model.services).map(([name, service]) => {
    const { env_file: _env, label_file: _labels, ...values }: Fields = { ...service };
    return [name, values];
  });
  return { ...model, services: Object.fromEntries(services) };
}

/** Whether a service joins another's container: the id of that container is in its digest. */
export function joinsContainer(name: string, model: ComposeModel): boolean {
  const service = model.services[name] ?? {};
  return (service.volumes_from ?? []).length > 0 || joinedNamespaces(service, model).length > 0;
}
