import { stat } from 'node:fs/promises';
import {
  isRunFolder,
  type PathKind,
  type ThrowAway,
  throwAwayVolumes,
  volumeName,
} from '../compose/clone/throw-away.ts';
import type { ComposeModel, ComposeService, ComposeVolume } from '../compose/model/model.ts';
import { canaryImage } from '../compose/model/names.ts';
import { statefulReason } from '../compose/services/stateful.ts';
import type { Checkout } from '../project/checkout/checkout.ts';
import { stableOrigins } from '../project/checkout/stable-origins.ts';
import type { Project } from '../project/load.ts';
import type { Run } from '../project/run.ts';
import { type Original, runningStable } from './originals.ts';

/** A canary with the commit that it boots from, checked out and its images built. */
export type Rehearsal = Run & { checkout: Checkout };

/** Scripts that would fill the server; they are not mounted, because the copy fills it. Its settings are. */
const FILLS = /^\/docker-entrypoint-initdb\.d(\/|$)/;

/** Decides which services take part in a rehearsal, with which image and on which volumes. */
export async function participantsOf(run: Rehearsal, originals: readonly Original[]) {
  const { context, project, checkout } = run;
  const containers = await context.engine.containers(project.name);
  const originOf = await stableOrigins(context, project, checkout, []);
  const ofStable = async (service: string, image: string) => {
    const definition = project.model.services[service] ?? {};
    const { volumes } = await emptied(definition.volumes ?? [], () => false);
    return { service, definition, volumes, ...originOf(service), image };
  };
  const asStable = (services: readonly string[]) =>
    Promise.all(
      services.flatMap((service) => {
        const container = runningStable(containers, service);
        return container ? [ofStable(service, container.imageId)] : [];
      }),
    );
  const ofOriginal = async ({ service, server, at, imageId }: Original) => {
    const participant = await ofStable(service, imageId);
    const directory = await server.dataDirectory(at);
    const data = { type: 'volume', source: volumeName(`data of ${service}`), target: directory };
    return { ...participant, volumes: [...(await settingsOf(participant, directory)), data] };
  };
  const { migrate } = project.config.database;
  return {
    databases: await Promise.all(originals.map(ofOriginal)),
    companions: await asStable(needed(checkout.model, project, originals)),
    migrations: migrate
      ? [{ ...(await ofBranch(run, migrate.service)), command: migrate.command }]
      : [],
    canaries: await Promise.all(project.slice.map(({ service }) => ofBranch(run, service))),
    before: await asStable(project.slice.map(({ service }) => service)),
  };
}

/** The services that take part; of a canary also the folders that are empty at first. */
export type RehearsalParticipants = Awaited<ReturnType<typeof participantsOf>>;

async function ofBranch({ project, checkout }: Rehearsal, service: string) {
  const definition: ComposeService = checkout.model.services[service] ?? {};
  const data = checkout.dataMounts[service] ?? [];
  const isData = ({ target }: ComposeVolume) => data.some((mount) => mount.target === target);
  const volumes = [...(definition.volumes ?? []).filter((each) => !isData(each)), ...data];
  const isTracked = (source: string) => source.startsWith(`${checkout.tree}/`);
  const built = canaryImage(project.name, service, checkout.commit);
  return {
    service,
    definition,
    files: checkout.definedIn[service] ?? [],
    copy: checkout.copies[service],
    corrections: checkout.corrections[service],
    image: definition.build ? built : (definition.image ?? ''),
    ...(await emptied(volumes, isTracked)),
  };
}

/** The services that the slice starts after; those that keep data are started empty. Never one-time services. */
function needed(model: ComposeModel, { slice }: Project, originals: readonly Original[]): string[] {
  const taken = new Set([...slice, ...originals].map(({ service }) => service));
  const found = new Set<string>();
  const follow = (service: string) => {
    for (const [name, { condition }] of Object.entries(model.services[service]?.depends_on ?? {})) {
      if (taken.has(name) || found.has(name)) continue;
      if (condition === 'service_completed_successfully') continue;
      found.add(name);
      // What a data server depends on does not matter to the canary.
      if (!statefulReason(model.services[name] ?? {}, model)) follow(name);
    }
  };
  for (const { service } of slice) follow(service);
  return [...found];
}

/** What a data server reads its settings from, read-only; never its data. */
async function settingsOf(
  { definition }: { definition: ComposeService },
  dataDirectory: string,
): Promise<ComposeVolume[]> {
  const settings: ComposeVolume[] = [];
  for (const volume of definition.volumes ?? []) {
    const { type, source = '', target } = volume;
    const holdsData = target === dataDirectory || dataDirectory.startsWith(`${target}/`);
    if (type !== 'bind' || holdsData || FILLS.test(target) || isRunFolder(source)) continue;
    if (['file', 'directory'].includes(await kindOf(source)))
      settings.push({ ...volume, read_only: true });
  }
  return settings;
}

async function emptied(
  volumes: readonly ComposeVolume[],
  isTracked: (source: string) => boolean,
): Promise<ThrowAway> {
  const kinds = new Map<string, PathKind>();
  for (const { type, source } of volumes)
    if (type === 'bind' && source) kinds.set(source, await kindOf(source));
  return throwAwayVolumes(volumes, isTracked, (source) => kinds.get(source) ?? 'missing');
}

async function kindOf(path: string): Promise<PathKind> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return 'missing';
  if (found.isFile()) return 'file';
  return found.isDirectory() ? 'directory' : 'other';
}
