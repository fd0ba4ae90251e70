import { escapeDollars, type Fields } from '../model/fields.ts';
import type { ComposeModel, ComposeService, ComposeVolume } from '../model/model.ts';
import { canaryImage, cloneName, LABEL } from '../model/names.ts';
import { joinedNamespaces, networkOwner } from '../model/namespaces.ts';
import { replace, reset } from '../model/tagged.ts';
import { hostNames } from '../services/host-names.ts';
import { imageBuilder, serviceOf } from './companions.ts';
import { discoveryFields } from './labels.ts';
import { cloneNetworks } from './networks.ts';

/** The settings that all clones of one release share. */
export interface CloneSetting {
  /** The stable's project, and which of its services are cloned. */
  project: string;
  slice: readonly string[];
  role: 'canary' | 'migration';
  commit: string;
  release: string;
  /** The services whose images were built elsewhere: canary keeps each by a name of its own. */
  pulled?: readonly string[] | undefined;
  /** The branch's own resolved model. */
  model: ComposeModel;
  /** By service, the labels that its clone keeps, as written; only if other labels are dropped. */
  keptLabels?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
}

/**
 * The fields in which a clone differs from the service it extends, except for the places of its
 * volumes and files.
 */
export function cloneDelta(setting: CloneSetting, name: string): Fields {
  const { model, slice } = setting;
  const service = model.services[name] ?? {};
  return {
    ...imageFields(setting, name, service),
    container_name: reset(null),
    hostname: reset(null),
    ...(service.mac_address ? { mac_address: reset(null) } : {}),
    ports: reset([]),
    ...networkFields(setting, name, service),
    ...namespaceFields(service, setting),
    ...(service.volumes_from
      ? { volumes_from: replace(service.volumes_from.map((each) => sourceFor(each, slice))) }
      : {}),
    depends_on: replace(cloneDependencies(service, slice)),
    // `develop` rebuilds containers from files that a developer edits.
    ...(service.develop ? { develop: reset(null) } : {}),
    ...discoveryFields(service, model, setting.keptLabels?.[name], labelsOf(setting, name)),
  };
}

function labelsOf({ role, release, commit }: CloneSetting, name: string): Fields {
  return {
    [LABEL.role]: role,
    [LABEL.service]: name,
    [LABEL.release]: release,
    [LABEL.commit]: commit,
  };
}

/** A separate tag: the stable's tag, and tags that other services share with it, stay unchanged. */
function imageFields(
  { project, slice, commit, model, pulled = [] }: CloneSetting,
  name: string,
  { build, pull_policy }: ComposeService,
): Fields {
  if (pulled.includes(name)) {
    const image = canaryImage(project, name, commit);
    return { image, pull_policy: 'never', build: reset(null) };
  }
  const builder = build ? name : imageBuilder(model, name, slice);
  if (!builder) return {};
  const image = { image: canaryImage(project, builder, commit) };
  if (!build) return { ...image, pull_policy: 'never' };
  const contexts = Object.entries(build.additional_contexts ?? {}).flatMap(([context, value]) => {
    const source = serviceOf(value);
    return source && slice.includes(source) ? [[context, `service:${cloneName(source)}`]] : [];
  });
  return {
    ...image,
    // Only canary builds it: a registry may have a name like it, and Compose would pull that.
    ...(pull_policy === undefined ? {} : { pull_policy: 'never' }),
    build: {
      tags: reset([]),
      ...(build.cache_to ? { cache_to: reset([]) } : {}),
      ...(contexts.length > 0 ? { additional_contexts: Object.fromEntries(contexts) } : {}),
    },
  };
}

/**
 * The clone's networks, and the services it finds there: the other clones, under every name of
 * their stable.
 */
function networkFields(
  { slice, model }: CloneSetting,
  name: string,
  service: ComposeService,
): Fields {
  // A service in another's network, or in none, looks up no names of its own.
  if (service.network_mode) return {};
  const mates = slice.filter(
    (each) => each !== name && !networkOwner(model.services[each] ?? {}, model),
  );
  return {
    networks: replace(cloneNetworks(service)),
    // Unlike `links`, these imply no start order, so two services that call each other can both be
    // cloned. They may also name a service, so that all its containers respond.
    ...(mates.length > 0
      ? {
          external_links: mates.flatMap((mate) =>
            hostNames(model, mate, [name]).map((host) => `${cloneName(mate)}:${host}`),
          ),
        }
      : {}),
    // A user's link to a cloned service would name the stable beside the clone. This also applies
    // if that service is in another's network: the link then leads nowhere, but Compose still makes
    // it a dependency.
    ...(service.links
      ? { links: replace(service.links.filter((link) => !slice.includes(targetOf(link)))) }
      : {}),
  };
}

function targetOf(link: string): string {
  return link.split(':')[0] ?? '';
}

/** The clone shares namespaces with clones where the stable shares them with the stable. */
function namespaceFields(service: ComposeService, { model, slice }: CloneSetting): Fields {
  return Object.fromEntries(
    joinedNamespaces(service, model)
      .filter(({ owner }) => slice.includes(owner))
      .map(({ setting, owner }) => [setting, `service:${cloneName(owner)}`]),
  );
}

/** `SERVICE[:ro]` or `container:NAME[:ro]`. */
function sourceFor(text: string, slice: readonly string[]): string {
  const [service = '', ...rest] = text.split(':');
  return [slice.includes(service) ? cloneName(service) : service, ...rest]
    .map(escapeDollars)
    .join(':');
}

/**
 * The services the clone waits for: their clones if they are cloned. Services that run once have
 * already run for the stable.
 */
function cloneDependencies(service: ComposeService, slice: readonly string[]): Fields {
  return Object.fromEntries(
    Object.entries(service.depends_on ?? {})
      .filter(([, { condition }]) => condition !== 'service_completed_successfully')
      .map(([target, { condition, required }]) => [
        slice.includes(target) ? cloneName(target) : target,
        { condition, ...(required === false ? { required } : {}) },
      ]),
  );
}

/** Mounts in the notation of a compose file. */
export function volumeFields(volumes: readonly ComposeVolume[]): Fields[] {
  return volumes.map((volume) => ({
    ...volume,
    ...(volume.source ? { source: escapeDollars(volume.source) } : {}),
  }));
}
