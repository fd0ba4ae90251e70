import { imageBuilder } from '../compose/clone/companions.ts';
import { FILE_KINDS } from '../compose/clone/files.ts';
import {
  isRunFolder,
  type PathKind,
  type ThrowAway,
  throwAwayVolumes,
  volumeName,
} from '../compose/clone/throw-away.ts';
import { escapeAll, type Fields } from '../compose/model/fields.ts';
import type { ComposeModel, ComposeService, ComposeVolume } from '../compose/model/model.ts';
import { replace } from '../compose/model/tagged.ts';
import { statefulReason } from '../compose/services/stateful.ts';
import type { Checkout } from '../project/checkout/checkout.ts';
import { isInside } from '../project/checkout/mirror.ts';
import { ownImage } from '../project/checkout/own-image.ts';
import { stableOrigins } from '../project/checkout/stable-origins.ts';
import type { Project } from '../project/load.ts';
import type { Run } from '../project/run.ts';
import { realPath } from '../system/files.ts';
import { kindOf } from './host-path.ts';
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
    const { volumes, withheld } = await emptied(definition.volumes ?? []);
    const origin = originOf(service);
    const own = { service, definition, volumes, ...origin, image };
    return onlySafeFiles(project.model, { ...own, withheld });
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
  const slice = project.slice.map((each) => each.service);
  const builder = imageBuilder(checkout.model, service, slice) ?? service;
  const [own] = [service, builder].flatMap((each) => ownImage(project.name, checkout, each) ?? []);
  return onlySafeFiles(project.model, {
    service,
    definition,
    files: checkout.definedIn[service] ?? [],
    copy: checkout.copies[service],
    corrections: checkout.corrections[service],
    image: own ?? definition.image ?? '',
    ...(await emptied(volumes, checkout.tree)),
  });
}

interface WithFiles {
  definition: ComposeService;
  corrections?: Fields | undefined;
  withheld: readonly string[];
}

/** Leaves out configs and secrets that are no plain files: a socket or a folder leads out as a mount does. */
async function onlySafeFiles<T extends WithFiles>(model: ComposeModel, participant: T): Promise<T> {
  const fields: Fields = {};
  const withheld: string[] = [];
  for (const kind of FILE_KINDS) {
    const uses = participant.definition[kind] ?? [];
    const isSafe = await Promise.all(
      uses.map(async ({ source }) => {
        const { file } = model[kind]?.[source] ?? {};
        return file === undefined || ['file', 'missing'].includes(await kindOf(file));
      }),
    );
    if (!isSafe.includes(false)) continue;
    fields[kind] = replace(escapeAll(uses.filter((_, index) => isSafe[index])));
    withheld.push(...uses.filter((_, index) => !isSafe[index]).map(({ source }) => source));
  }
  return {
    ...participant,
    corrections: { ...participant.corrections, ...fields },
    withheld: [...participant.withheld, ...withheld],
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

/** `tree`: the branch's files. */
async function emptied(volumes: readonly ComposeVolume[], tree?: string): Promise<ThrowAway> {
  const kinds = new Map<string, PathKind>();
  const tracked = new Set<string>();
  const top = tree && (await realPath(tree));
  for (const { type, source } of volumes) {
    if (type !== 'bind' || !source) continue;
    kinds.set(source, await kindOf(source));
    // A link that git tracks may lead anywhere.
    if (top && isInside(await realPath(source), top)) tracked.add(source);
  }
  return throwAwayVolumes(
    volumes,
    (source) => tracked.has(source),
    (source) => kinds.get(source) ?? 'missing',
  );
}
