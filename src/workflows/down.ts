import type { Context } from '../context.ts';
import { converge } from '../execution/converge.ts';
import { writeOverride } from '../execution/override-file.ts';
import { ifWritable } from '../project/run.ts';
import { endCanary } from '../release/ending/end-canary.ts';
import { withEveryUserOff } from '../release/with-every-user-off.ts';

/** Removes canary and proxy and gives the ports back to the services. */
export async function down(context: Context): Promise<{ project: string; changed: boolean }> {
  return withEveryUserOff(context, 'down', async (run) => {
    const { project } = run;
    const { changed } = await endCanary(run, { reason: 'taken away by `canary down`' });
    const { plan } = await converge({ ...run, release: undefined }, { proxy: 'absent' });
    // Not removed: the user may have named it in COMPOSE_FILE.
    await ifWritable(run, 'the override', () => writeOverride(project, 'services: {}\n'));
    return { project: project.name, changed: changed || plan.length > 0 };
  });
}
