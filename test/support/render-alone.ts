import { type ChosenService, describeChoice } from '../../src/compose/choose/describe.ts';
import { readStack } from '../../src/compose/choose/stack.ts';
import { wholeOf } from '../../src/compose/clone/companions.ts';
import { renderOverride } from '../../src/compose/render/override.ts';
import type { ConfigurationFiles } from '../../src/compose/services/configuration-file.ts';
import { findCalls } from '../../src/compose/services/service-map.ts';
import { chooseSlice, type SliceMember } from '../../src/compose/slice.ts';
import { parseConfig } from '../../src/config/parse.ts';
import type { CanaryConfig } from '../../src/config/schema.ts';
import type { Context } from '../../src/context.ts';
import { cloneSource } from '../../src/execution/override-file.ts';
import { checkOut } from '../../src/project/checkout/checkout.ts';
import { layoutOf } from '../../src/project/layout.ts';
import type { ComposeProject, Project } from '../../src/project/load.ts';

/** What a project is cloned from: all its services, one after the other, at one commit. */
export interface Ground {
  context: Context;
  project: ComposeProject;
  files: ConfigurationFiles;
  commit: string;
}

export interface Alone {
  slice: readonly SliceMember[];
  text: string;
}

/**
 * The override for a choice as `init` describes it, even one that canary.yaml could not contain because no user would
 * reach it. Throws if a service is rejected.
 */
export async function renderAlone(ground: Ground, names: readonly string[]): Promise<Alone> {
  const { context, project, files, commit } = ground;
  const stack = readStack(project.model, files);
  const config = configOf(describeChoice(stack, wholeOf(project.model, names)));
  const slice = chooseSlice(config, project.model, findCalls(project.model, files));
  const layout = layoutOf(project.directory);
  const proxy = {
    image: 'haproxy:3.0',
    owner: { uid: 0, gid: 0 },
    runDirectory: layout.proxyRun,
    definition: 'definition',
  };
  // Nothing is started, so a project without its state is enough.
  const chosen = { ...project, config, slice, proxy, layout } as unknown as Project;
  const checkout = await checkOut(context, chosen, commit);
  const clones = cloneSource({ project: chosen, checkout, release: undefined });
  return { slice, text: renderOverride({ model: project.model, slice, proxy, clones }) };
}

function configOf(choice: readonly ChosenService[]): CanaryConfig {
  const services = choice.map(({ service, why: _, ...settings }) => [
    service,
    Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)),
  ]);
  const base = parseConfig('version: 1\nservices: { any: { entry: 80 } }\n', 'canary.yaml');
  return { ...base, services: Object.fromEntries(services) };
}
