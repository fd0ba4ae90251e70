import { hiddenServices } from '../compose/render/hidden-services.ts';
import { byName } from '../config/values/by-name.ts';
import { digestOf, type Project } from './load.ts';

/** By hidden service, a digest of its definition in the user's files: its stand-in is made from it. */
export function standInDefinitions({ model, slice }: Project): Record<string, string> {
  const digest = (service: string) => digestOf(JSON.stringify(model.services[service]));
  return byName(hiddenServices(model, slice).map((service) => [service, digest(service)] as const));
}
