import { stat } from 'node:fs/promises';
import {
  isRunFolder,
  type PathKind,
  type Replaced,
  type ThrowAway,
  throwAwayVolumes,
  volumeName,
} from '../compose/clone/throw-away.ts';
import type { ComposeModel, ComposeService, ComposeVolume } from '../compose/model/model.ts';
import { canaryImage, rehearsalName } from '../compose/model/names.ts';
import type { Participants } from '../compose/render/rehearsal.ts';
import { statefulReason } from '../compose/services/stateful.ts';
import { stableOrigins } from '../project/checkout/stable-origins.ts';
import type { Project } from '../project/load.ts';
import { containersOf, type ObservedContainer } from '../rollout/observed.ts';
import type { Original } from './originals.ts';
import type { RehearsalRun } from './rehearsal-run.ts';
import { SERVERS } from './servers.ts';

/** Who takes part, and the folders of the canary that are empty at first. */
export interface Rehearsed {
  participants: Participants;
  folders: (Replaced & { service: string })[];
}

/** Settings of the server are kept; what would fill it is not: the copy does. */
const FILLS = /^\/docker-entrypoint-initdb\.d(\/|$)/;

/** Decides who takes part in a rehearsal, with which image and on which volumes. */
export async function participantsOf(
  run: RehearsalRun,
  originals: readonly Original[],
): Promise<Rehearsed> {
  const { context, project, checkout } = run;
  const containers = await context.engine.containers(project.name);
  const originOf = await stableOrigins(context, project, checkout, []);
  const ofStable = async (service: string, container: ObservedContainer) => {
    const definition = project.model.services[service] ?? {};
    const { volumes } = await emptied(definition.volumes ?? [], () => false);
    return { service, definition, volumes, ...originOf(service), image: container.imageId };
  };
  const asStable = (services: readonly string[]) =>
    Promise.all(
      services.flatMap((service) => {
        const stable = containersOf({ containers }, 'stable', service);
        const container = stable.find(({ state }) => state === 'running');
        return container ? [ofStable(service, container)] : [];
      }),
    );

  const databases = await Promise.all(
    originals.map(async ({ service, server, container, place }) => {
      const participant = await ofStable(service, container);
      const directory = await SERVERS[server].server.dataDirectory(place);
      const kept = await settingsOf(participant.definition, directory);
      const data = { type: 'volume', source: volumeName(`data of ${service}`), target: directory };
      return { ...participant, volumes: [...kept, data] };
    }),
  );
  const canaries = await Promise.all(project.slice.map(({ service }) => ofBranch(run, service)));
  const { migrate } = project.config.database;
  const migrations = migrate
    ? [{ ...(await ofBranch(run, migrate.service)), command: migrate.command }]
    : [];
  return {
    participants: {
      databases,
      companions: await asStable(needed(checkout.model, project, originals)),
      migrations,
      canaries,
      before: await asStable(project.slice.map(({ service }) => service)),
    },
    folders: canaries.flatMap(({ service, replaced }) =>
      replaced.map((each) => ({ ...each, service })),
    ),
  };
}

async function ofBranch({ project, checkout }: RehearsalRun, service: string) {
  const definition: ComposeService = checkout.model.services[service] ?? {};
  const data = checkout.dataMounts[service] ?? [];
  const isData = ({ target }: ComposeVolume) => data.some((mount) => mount.target === target);
  const volumes = [...(definition.volumes ?? []).filter((each) => !isData(each)), ...data];
  const isTracked = (source: string) => source.startsWith(`${checkout.tree}/`);
  const built = canaryImage(project.name, service, checkout.commit);
  return {
    ...{ service, definition, files: checkout.definedIn[service] ?? [] },
    copy: checkout.copies[service],
    corrections: checkout.corrections[service],
    image: definition.build ? built : (definition.image ?? ''),
    ...(await emptied(volumes, isTracked)),
  };
}

/** What the slice is started after, and what keeps data and has to be there empty; never what runs once. */
function needed(model: ComposeModel, { slice }: Project, originals: readonly Original[]): string[] {
  const taken = new Set([...slice, ...originals].map(({ service }) => service));
  const found = new Set<string>();
  const follow = (service: string) => {
    for (const [name, { condition }] of Object.entries(model.services[service]?.depends_on ?? {})) {
      if (taken.has(name) || found.has(name)) continue;
      if (condition === 'service_completed_successfully') continue;
      found.add(name);
      // What a server of data waits for is not the canary's business.
      if (!statefulReason(model.services[name] ?? {}, model)) follow(name);
    }
  };
  for (const { service } of slice) follow(service);
  return [...found];
}

/** What a server of data reads its settings from, for reading alone; never its data. */
async function settingsOf(
  { volumes = [] }: ComposeService,
  dataDirectory: string,
): Promise<ComposeVolume[]> {
  const settings: ComposeVolume[] = [];
  for (const volume of volumes) {
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

/** The names of participants on their stage. */
export function stageNames(participants: readonly { service: string }[]): string[] {
  return participants.map(({ service }) => rehearsalName(service));
}
