import type { ComposeService } from '../../compose/model/model.ts';
import { discoveryOf } from '../../compose/services/discovery.ts';
import { ownValue } from '../../config/values/by-name.ts';
import type { Context } from '../../context.ts';
import type { Project } from '../load.ts';
import type { Checkout } from './checkout.ts';

type Variables = Readonly<Record<string, string>>;

/** Docker's own settings for proxies, which it gives to every container. */
const OF_THE_MACHINE = /^(https?|ftp|all|no)_proxy$/i;

/**
 * What an operator should know of the settings that clones start with, one sentence each. Names alone: values may be
 * secrets.
 */
export async function settingsToKnow(
  { engine }: Pick<Context, 'engine'>,
  project: Pick<Project, 'name' | 'slice' | 'model'>,
  { model }: Pick<Checkout, 'model'>,
): Promise<string[]> {
  const containers = await engine.containers(project.name);
  const sentences = project.slice.map(async ({ service }) => {
    const stable = project.model.services[service] ?? {};
    const lost = namesLost(stable, model.services[service] ?? {});
    const container = containers.find(
      (each) => each.role === 'stable' && each.service === service && each.state === 'running',
    );
    const withheld = discoveryOf(stable).environment;
    const moved = container
      ? namesMoved(stable, await engine.environment(container.id)).filter(
          (name) => !withheld.includes(name),
        )
      : [];
    return [
      ...(lost.length > 0
        ? [`The canary of ${service} has no ${list(lost)}: the branch removes what the stable has.`]
        : []),
      ...(moved.length > 0
        ? [
            `The stable of ${service} was started with another ${list(moved)} than its compose file gives now; the canary gets what it gives now.`,
          ]
        : []),
    ];
  });
  return (await Promise.all(sentences)).flat();
}

function namesLost({ environment: has = {} }: ComposeService, branch: ComposeService): string[] {
  return Object.keys(has).filter((name) => !Object.hasOwn(branch.environment ?? {}, name));
}

/** The variables that a container has and Compose would not give it now, or not with this value. */
export function namesMoved(
  { environment = {} }: ComposeService,
  { container, image }: { container: Variables; image: Variables },
): string[] {
  // Compose leaves out what has no value.
  const changed = Object.keys(environment).filter(
    (name) => environment[name] !== null && environment[name] !== ownValue(container, name),
  );
  const gone = Object.keys(container).filter(
    (name) =>
      ![environment, image].some((each) => Object.hasOwn(each, name)) && !OF_THE_MACHINE.test(name),
  );
  return [...changed, ...gone];
}

function list(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}
