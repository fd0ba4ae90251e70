import { byName } from '../../config/values/by-name.ts';
import { CanaryError } from '../../errors.ts';
import { withNearest } from '../../nearest.ts';
import {
  type ComposeModel,
  type ComposeService,
  publishedPort,
  type Said,
} from '../model/model.ts';

/**
 * A model that also says what the operator says of its services, whatever canary would guess. Throws `service-unknown`
 * or `port-unknown`.
 */
export function overruled(model: ComposeModel, said: Partial<Said>): ComposeModel {
  const roles = byName(Object.entries(said.roles ?? {}));
  const entries = byName(Object.entries(said.entries ?? {}));
  for (const name of [...Object.keys(roles), ...Object.keys(entries)]) {
    const service = requireService(model, name);
    const entry = entries[name];
    if (entry !== undefined && !publishedPort(service, entry)) throw notPublished(name, entry);
  }
  return { ...model, said: { roles, entries } };
}

/** The service of a name; throws `service-unknown` if there is none. */
export function requireService(model: ComposeModel, name: string): ComposeService {
  const service = model.services[name];
  if (!service) throw unknown(model, name);
  return service;
}

function unknown({ services }: ComposeModel, name: string): CanaryError {
  return new CanaryError(
    'service-unknown',
    `There is no service \`${name}\` in the compose file.`,
    {
      hint: withNearest(
        `It has: ${Object.keys(services).sort().join(', ')}.`,
        name,
        Object.keys(services),
      ),
    },
  );
}

function notPublished(name: string, port: number): CanaryError {
  return new CanaryError('port-unknown', `Service \`${name}\` does not publish port ${port}.`, {
    hint: 'Name the port of this machine that users come to.',
  });
}
