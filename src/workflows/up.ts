import { type Ingress, publishedPorts } from '../compose/ingress/ingress.ts';
import { previewAddress } from '../compose/ingress/preview-address.ts';
import { hostIpsOf, publishedUrls } from '../compose/ingress/published-urls.ts';
import { throughRouter } from '../compose/ingress/router.ts';
import { hostPorts } from '../compose/model/model.ts';
import { hiddenServices } from '../compose/render/hidden-services.ts';
import { hasUsers } from '../compose/slice.ts';
import type { Context } from '../context.ts';
import type { UpResult } from '../documents/setup.ts';
import { CanaryError } from '../errors.ts';
import { converge } from '../execution/converge.ts';
import { observe } from '../execution/observe.ts';
import { endHandOver } from '../execution/operations/hand-over.ts';
import { applySplit } from '../execution/split.ts';
import { warnOfExpired } from '../project/certificates.ts';
import { writeSchema } from '../project/layout.ts';
import { loadLiveProject, type Project } from '../project/load.ts';
import { OFF } from '../proxy/weight-map.ts';
import { allReleases, currentRelease } from '../release/records/releases.ts';
import { withLock } from '../release/with-lock.ts';
import { clonesOf, heldPorts, type Observed } from '../rollout/observed.ts';
import { forsaken } from '../rollout/place-proxy.ts';
import { hasEnded } from '../rollout/release.ts';
import { portTaken } from '../system/docker/failures.ts';
import { isPortFree } from '../system/ports.ts';

/** Puts the proxy in front of the stable, and starts what does not run. */
export async function up(context: Context): Promise<UpResult> {
  const project = await loadLiveProject(context);
  warnOfExpired(context, project.proxy.certificates);
  return withLock(context, project, 'up', async (signal) => {
    await writeSchema(project.layout, context.program.schema);
    const observed = await observe({ context, project });
    requireNamed(project, observed);
    await checkPorts(project, observed);
    if (observed.proxy.state === 'absent') await applySplit(project, OFF);
    const release = await currentRelease(project);
    const run = { context, project, release, signal };
    const left = release ? undefined : await leftByEnded(project, observed);
    const { plan } = await converge(run, { proxy: 'running', ...left });
    // An `up` that was killed after the proxy had the port left the network through which it got it.
    if (plan.every(({ kind }) => kind !== 'take-ports')) await endHandOver(run, []);
    const { strategy, steps } = project.config;
    return {
      project: project.name,
      changed: plan.length > 0,
      entries: entryAddresses(project),
      hasSteps: strategy.kind !== 'blue-green' && (strategy.kind !== 'canary' || steps.length > 0),
    };
  });
}

/**
 * A command that was killed, or could write no more, after a release had ended in its journal leaves that one's canary.
 * One that no journal tells of is left to a person: its users are on it because somebody wanted that.
 */
async function leftByEnded(
  project: Project,
  observed: Observed,
): Promise<{ canary: null } | undefined> {
  const clones = clonesOf(observed);
  if (clones.length === 0) return undefined;
  const ended = (await allReleases(project)).filter(hasEnded).map(({ id }) => id);
  const isLeft = clones.every(({ release = '' }) => ended.includes(release));
  return isLeft ? { canary: null } : undefined;
}

/** Where users and testers reach the entries; behind another proxy that is where the other proxy is published. */
export function entryAddresses({ slice, model, config }: Project): UpResult['entries'] {
  return slice.filter(hasUsers).map(({ service, entry, ingress }) => {
    const urls = (port: number, hostIps: readonly (string | undefined)[]) =>
      publishedUrls(schemeOf(config, service), port, hostIps);
    const hostIps = entry && [entry.hostIp, ...(entry.otherIps ?? [])];
    const edges = ingress?.callers.flatMap((name) => model.services[name] ?? []) ?? [];
    const [port] = entry ? [entry.port] : edges.flatMap(hostPorts);
    const places = hostIps ?? edges.flatMap((edge) => hostIpsOf(edge.ports ?? [], port ?? 0));
    const addresses = port === undefined ? [whereElse(ingress)] : urls(port, places);
    const preview = entry?.preview ?? ingress?.preview;
    const [own] = hostIps ?? (ingress ? [previewAddress(ingress, model)] : []);
    return {
      service,
      address: addresses[0] ?? '',
      addresses,
      preview: preview === undefined ? null : (urls(preview, [own])[0] ?? null),
    };
  });
}

function whereElse(ingress: Ingress | undefined): string {
  return ingress?.router
    ? throughRouter(ingress.router.kind)
    : `behind ${ingress?.callers.join(', ')}`;
}

function schemeOf(config: Project['config'], service: string): string {
  const { protocol = 'http', tls } = config.services[service] ?? {};
  if (protocol === 'tcp' || protocol === 'tls') return protocol;
  return tls ? 'https' : 'http';
}

/** Rejects a canary.yaml without a service whose users come through the proxy: the new proxy would not lead there. */
function requireNamed({ model, slice }: Project, observed: Observed): void {
  const [service] = forsaken(observed, hiddenServices(model, slice));
  if (service === undefined) return;
  throw new CanaryError(
    'config-invalid',
    `canary.yaml does not name \`${service}\` any more, but the proxy has its port.`,
    {
      hint: 'Name it again; or run `canary down`, which gives every port back, and then `canary up`.',
    },
  );
}

/** Rejects, before anything is touched, a port that is neither free nor the project's own. */
async function checkPorts(project: Project, observed: Observed): Promise<void> {
  const ours = new Set(heldPorts(observed));
  const { metrics } = project.config.proxy;
  for (const port of [...publishedPorts(project.slice), ...(metrics ? [metrics] : [])]) {
    if (!ours.has(port) && !(await isPortFree(port))) throw portTaken(port);
  }
  const previews = project.slice.flatMap(
    ({ entry, ingress }) => entry?.preview ?? ingress?.preview ?? [],
  );
  const added = [
    ...previews.map((port) => ({ port, setting: 'preview' })),
    ...(metrics ? [{ port: metrics, setting: 'metrics' }] : []),
  ];
  const clash = added.find(({ port }) => publishedByOther(project, port));
  if (clash === undefined) return;
  throw new CanaryError(
    'port-taken',
    `The ${clash.setting} port ${clash.port} is published by a service of the compose file.`,
    { hint: `Choose another \`${clash.setting}\` port in canary.yaml.` },
  );
}

function publishedByOther(project: Project, port: number): boolean {
  return Object.values(project.model.services).some((service) =>
    service.ports?.some((each) => each.published === String(port)),
  );
}
