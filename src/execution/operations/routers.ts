import { asksHealth } from '../../compose/render/proxy-service.ts';
import type { Run } from '../../project/run.ts';
import { isSoWithin, until } from '../../project/until.ts';
import { serversOfStable } from '../../proxy/statistics.ts';
import { containersOf } from '../../rollout/observed.ts';
import { rm } from '../../system/disk.ts';
import { writeDurably } from '../../system/files.ts';
import { currentStatistics, observe } from '../observe.ts';

/** Routers count as gone after this long without a request. Traefik applies changes every two seconds. */
const QUIET_MS = 3000;
/** The users' own checks may never stop. */
const PATIENCE_MS = 20_000;

/** Whether users come through a router that looks at the proxy's health. */
export function isRouted({ project }: Run): boolean {
  return project.slice.some(asksHealth);
}

/** Routers may use the proxy. */
export async function letRouters(run: Run): Promise<void> {
  if (isRouted(run)) await writeDurably(run.project.layout.routed, '');
}

/** Makes routers leave a proxy that still answers, and waits until they have: then no request is lost when it stops. */
export async function leaveRouters(run: Run): Promise<void> {
  const { layout } = run.project;
  await rm(layout.routed, { force: true });
  const [proxy] = containersOf(await observe(run), 'proxy');
  if (proxy?.state !== 'running' || proxy.health === 'none') return;
  await until(run, 'Docker did not notice that routers must stop using the proxy.', async () => {
    const [now] = containersOf(await observe(run), 'proxy');
    return now?.state !== 'running' || now.health === 'unhealthy';
  });
  await untilQuiet(run);
}

async function untilQuiet(run: Run): Promise<void> {
  const now = () => run.context.clock.now().getTime();
  let seen: number | undefined;
  let since = now();
  const isQuiet = async () => {
    const count = await countRequests(run);
    if (count !== seen) since = now();
    seen = count;
    return now() - since >= QUIET_MS;
  };
  await isSoWithin(run, PATIENCE_MS, isQuiet);
}

/** The number of requests so far to services behind a router. */
async function countRequests({ project }: Run): Promise<number> {
  const statistics = await currentStatistics(project);
  const routed = project.slice.filter(asksHealth).map(({ service }) => service);
  const seen = routed.flatMap((service) => statistics[service] ?? []);
  const servers = seen.flatMap(serversOfStable);
  return servers.reduce((sum, { requests }) => sum + requests, 0);
}
