import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ComposeModel, ComposeService } from '../../src/compose/model/model.ts';
import type { Context } from '../../src/context.ts';
import { render } from '../../src/workflows/render.ts';
import { contextIn } from './fixture-context.ts';

export interface Resolved {
  /** The result of `docker compose config` for the user's files alone; asked when it is needed. */
  before: () => Promise<ComposeModel>;
  /** The same with the override that `canary render` prints. */
  after: ComposeModel;
  text: string;
}

/** Renders the override and lets Compose resolve the project with and without it. */
export async function resolved(
  directory: string,
  branch?: string,
  options: Partial<Context['options']> = {},
): Promise<Resolved> {
  const context = contextIn(directory, options);
  const files = options.files ?? [];
  const own = (files.length > 0 ? files : ['docker-compose.yml']).map((file) =>
    join(directory, file),
  );
  const scope = { projectDirectory: directory, files: own };
  const text = await render(context, branch);
  const path = join(directory, 'rendered.yml');
  await writeFile(path, text);
  return {
    before: () => context.compose.model(scope),
    after: await context.compose.model({ ...scope, files: [...own, path] }),
    text,
  };
}

/** The clone or stable of that name, which must exist. */
export function serviceOf(model: ComposeModel, name: string): ComposeService {
  const service = model.services[name];
  if (!service) throw new Error(`no service ${name} among ${Object.keys(model.services)}`);
  return service;
}

/** Stable services by name, without the published ports that `up` takes from an entry. */
export function stableWithoutPorts({ services }: ComposeModel, names: readonly string[]) {
  return Object.fromEntries(
    names.map((name) => {
      const { ports: _, ...rest } = services[name] ?? {};
      return [name, rest];
    }),
  );
}
