import { standingIn } from '../../compose/disguise/stand-in.ts';
import { overruled } from '../../compose/services/overrule.ts';
import { byName } from '../../config/values/by-name.ts';
import { messageOf } from '../../errors.ts';
import { callOptions, type Run } from '../../project/run.ts';
import { standInDefinitions } from '../../project/stand-in-definitions.ts';
import { containersOf, type Observed } from '../../rollout/observed.ts';
import type { OperationOf } from '../../rollout/operation.ts';
import { observe } from '../observe.ts';

/**
 * Lets Compose make or renew the stand-ins of services from the user's own files, as they are now. Users do not depend
 * on them: if it fails, it says what plain Compose would do, and the command goes on.
 */
export async function placeStandIns(
  run: Run,
  { services, commit }: OperationOf<'place-stand-ins'>,
): Promise<void> {
  const { context, project } = run;
  const observed = await observe(run);
  const [proxy] = containersOf(observed, 'proxy');
  if (!proxy) return;
  await removeAll(run, observed, 'stray', services);
  // Promoted variables may come from the environment of whoever calls next.
  const source = run.checkout?.commit === commit ? run.checkout?.source : undefined;
  const scope = { ...project.scope, variables: source?.variables };
  const model = source
    ? overruled(await context.compose.model(scope), project.config)
    : project.model;
  const all = standInDefinitions({ ...project, model });
  const definitions = byName(services.map((each) => [each, all[each] ?? ''] as const));
  const guise = standingIn({ definitions, image: proxy.imageId });
  try {
    await context.compose.standIn({ ...scope, guise }, services, callOptions(run));
  } catch (error) {
    run.signal.throwIfAborted();
    const text = `Until \`canary up\` succeeds, do not run plain \`docker compose up\`: it would replace ${services.join(', ')}. ${messageOf(error)}`;
    context.emit({ type: 'warning', text });
  }
}

export async function removeStandIns(
  run: Run,
  { services }: OperationOf<'remove-stand-ins'>,
): Promise<void> {
  const observed = await observe(run);
  await removeAll(run, observed, 'stray', services);
  await removeAll(run, observed, 'stand-in', services);
}

async function removeAll(
  { context }: Run,
  observed: Observed,
  role: 'stray' | 'stand-in',
  services: readonly string[],
): Promise<void> {
  const found = containersOf(observed, role).filter(({ service }) => services.includes(service));
  await Promise.all(found.map(({ id }) => context.engine.destroyContainer(id)));
}
