import { hiddenServices } from '../compose/render/hidden-services.ts';
import type { Context } from '../context.ts';
import { CanaryError } from '../errors.ts';
import { converge } from '../execution/converge.ts';
import { peek } from '../execution/observe.ts';
import { writeOverride } from '../execution/override-file.ts';
import { findState, type Project } from '../project/load.ts';
import { ifWritable } from '../project/run.ts';
import { formatWeight } from '../proxy/weight.ts';
import { endCanary } from '../release/ending/end-canary.ts';
import { withEveryUserOff } from '../release/with-every-user-off.ts';
import type { Observed } from '../rollout/observed.ts';
import { forsaken } from '../rollout/place-proxy.ts';

/** Removes canary and proxy and gives the ports back to the services. Asks first if the canary has users. */
export async function down(
  context: Context,
  isSure: boolean,
): Promise<{ project: string; changed: boolean }> {
  if (!isSure) await askIfUsed(context);
  return withEveryUserOff(context, 'down', async (run) => {
    const { project } = run;
    const { changed } = await endCanary(run, { reason: 'taken away by `canary down`' });
    const { plan } = await converge({ ...run, release: undefined }, ({ observed }) => {
      requireHeirs(project, observed);
      return { proxy: 'absent' };
    });
    // Not removed: the user may have named it in COMPOSE_FILE.
    await ifWritable(run, 'the override', () => writeOverride(project, 'services: {}\n'));
    return { project: project.name, changed: changed || plan.length > 0 };
  });
}

/** Without the proxy nobody would answer the users of a service whose port cannot be given back. */
function requireHeirs({ model, slice }: Project, observed: Observed): void {
  const gone = forsaken(observed, hiddenServices(model, slice)).find(
    (service) => !Object.hasOwn(model.services, service),
  );
  if (gone === undefined) return;
  throw new CanaryError(
    'service-unknown',
    `The compose file does not have \`${gone}\`, to which the proxy leads. It stays, so that users are answered.`,
    {
      hint: `Run \`canary down\` with the compose file that has \`${gone}\`, then change the file.`,
    },
  );
}

async function askIfUsed(context: Context): Promise<void> {
  const { weight } = await peek(context, await findState(context));
  if (weight === 0) return;
  const users = `${formatWeight(weight)} of users are on the canary`;
  if (await context.prompt.confirm(`${users}. Remove the canary and the proxy?`)) return;
  throw new CanaryError('answer-needed', `${users}; nothing was changed.`, {
    hint: '`canary down --yes` removes both; `canary abort` removes only the canary, without a question.',
  });
}
