import { parseEnv } from 'node:util';
import type { ComposeModel } from '../../src/compose/model/model.ts';
import { LABEL } from '../../src/compose/model/names.ts';
import { statefulReason } from '../../src/compose/services/stateful.ts';
import type { SliceMember } from '../../src/compose/slice.ts';
import { type Claim, claimsOf, doClash } from './invariants/claims.ts';
import { type AnyModel, type AnyService, isSame, namesGiven } from './invariants/model.ts';
import { changesOfStable } from './invariants/stable.ts';

/** A project with and without the override, as Compose resolves both. */
export interface Rendered {
  before: ComposeModel;
  after: ComposeModel;
  slice: readonly SliceMember[];
  /** Every file that canary wrote, by name. */
  written: Readonly<Record<string, string>>;
  secrets: readonly string[];
}

/** What must hold for every override, whatever the user's files contain. One sentence for each violation. */
export function brokenInvariants({ before, after, ...rest }: Rendered): string[] {
  const world: World = {
    ...rest,
    before: before as AnyModel,
    after: after as AnyModel,
    added: Object.keys(after.services).filter((name) => !(name in before.services)),
    stable: before,
  };
  return INVARIANTS.flatMap((broken) => broken(world));
}

interface World extends Omit<Rendered, 'before' | 'after'> {
  before: AnyModel;
  after: AnyModel;
  /** The services that only the override has. */
  added: readonly string[];
  stable: ComposeModel;
}

const INVARIANTS: readonly ((world: World) => string[])[] = [
  ({ before, after, slice }) => changesOfStable(before, after, slice),
  nothingTwice,
  oneTargetForAName,
  clonesOfTheChosenOnly,
  sharedVolumes,
  dependenciesThatAreThere,
  networksOfTheStable,
  namespacesOfTheirOwn,
  noSecrets,
];

/** No container name, hostname, published port, address, alias or router that another service has too. */
function nothingTwice({ before, after, added }: World): string[] {
  const takenTwice = twiceIn(before);
  const claims = allClaims(after);
  const clashes = claims
    .filter(({ owner }) => added.includes(owner))
    .flatMap((own) => claims.filter((other) => doClash(own, other)).map((other) => [own, other]));
  return distinct(
    clashes
      // The user's own services may share these, if their profiles exclude each other.
      .filter(([own]) => own && !takenTwice.some((each) => doClash(own, { ...each, owner: '' })))
      .map(
        ([own, other]) =>
          `${own?.owner} and ${other?.owner} both have the ${own?.kind} ${own?.value}`,
      ),
  );
}

function allClaims({ services }: AnyModel): Claim[] {
  return Object.entries(services).flatMap(([name, service]) => claimsOf(name, service));
}

function twiceIn(model: AnyModel): Claim[] {
  const claims = allClaims(model);
  return claims.filter((claim) => claims.some((other) => doClash(claim, other)));
}

function distinct(sentences: readonly string[]): string[] {
  return [...new Set(sentences)];
}

/** Inside a container, a name that leads to a clone or the proxy leads nowhere else. */
function oneTargetForAName({ after, added }: World): string[] {
  return Object.entries(after.services).flatMap(([name, service]) =>
    [...namesGiven(service)]
      .filter(([, targets]) => targets.size > 1 && added.some((each) => targets.has(each)))
      .map(
        ([alias, targets]) => `in ${name} the name ${alias} means ${[...targets].join(' and ')}`,
      ),
  );
}

function clonesOfTheChosenOnly({ after, added, slice, stable }: World): string[] {
  const cloned = added.flatMap((name) => after.services[name]?.labels?.[LABEL.service] ?? []);
  const stateful = cloned.filter((name) => statefulReason(stable.services[name] ?? {}, stable));
  const missing = slice.filter(({ clone }) => !added.includes(clone));
  return [
    ...stateful.map((name) => `${name} keeps data and is cloned`),
    ...missing.map(({ clone }) => `there is no ${clone}`),
  ];
}

/** By name or path: what a program can recreate, or what belongs to a process. */
const DISPOSABLE =
  /cache|modules|sock|(^|[/_.-])(run|tmp|temp|pids?|bundle|venv|gradle|m2|npm|yarn|pip|cargo)($|[/_.-])/i;

/** A clone has the named volumes of its stable, except caches and those that belong to processes. */
function sharedVolumes({ before, after, slice }: World): string[] {
  return slice.flatMap(({ service, clone }) => {
    const own = after.services[clone]?.volumes ?? [];
    return (before.services[service]?.volumes ?? [])
      .filter(({ type, source }) => type === 'volume' && source)
      .filter(({ source = '', target }) => {
        const found = own.find((each) => each.target === target)?.source;
        const isOwn = found === undefined || found === `${source}-canary`;
        const mayBeOwn = [source, target.split('/').at(-1) ?? '', target.split('/')[1] ?? '']
          .concat(target.startsWith('/var/') ? (target.split('/')[2] ?? '') : [])
          .some((each) => DISPOSABLE.test(each));
        return !(isOwn && mayBeOwn);
      })
      .filter(
        ({ target, source }) =>
          !own.some((each) => isSame([each.target, each.source], [target, source])),
      )
      .map(({ target, source }) => `${clone} does not share ${source} at ${target}`);
  });
}

function dependenciesThatAreThere({ after, added, slice }: World): string[] {
  return added.flatMap((name) =>
    Object.keys(after.services[name]?.depends_on ?? {}).flatMap((target) => {
      if (!after.services[target]) return [`${name} depends on ${target}, which is not there`];
      const isCloned = slice.some(({ service }) => service === target);
      return isCloned ? [`${name} waits for the stable of ${target}, which has a clone`] : [];
    }),
  );
}

function networksOfTheStable({ before, after, added, slice }: World): string[] {
  const unknown = added.flatMap((name) =>
    Object.keys(after.services[name]?.networks ?? {})
      .filter((network) => !(network in (after.networks ?? {})))
      .map((network) => `${name} is on ${network}, which is not there`),
  );
  const names = (service: AnyService | undefined) => Object.keys(service?.networks ?? {}).sort();
  const others = slice.filter(
    ({ service, clone }) => !isSame(names(before.services[service]), names(after.services[clone])),
  );
  return [...unknown, ...others.map(({ clone }) => `${clone} is not on its stable’s networks`)];
}

/** A clone shares the namespaces of another clone if its stable shares those of the other's stable. */
function namespacesOfTheirOwn({ after, added, slice }: World): string[] {
  return added.flatMap((name) => {
    const { network_mode, ipc, pid, volumes_from = [] } = after.services[name] ?? {};
    const hosts = [network_mode, ipc, pid].flatMap(
      (mode) => /^service:(.+)$/.exec(mode ?? '')?.[1] ?? [],
    );
    const owners = [...hosts, ...volumes_from.map((each) => each.split(':')[0] ?? '')];
    return owners.flatMap((owner) => {
      const isCloned = slice.some(({ service }) => service === owner);
      return isCloned ? [`${name} is inside of the stable ${owner}, which has a clone`] : [];
    });
  });
}

function noSecrets({ written, secrets }: World): string[] {
  return Object.entries(written).flatMap(([file, text]) =>
    secrets
      .filter((secret) => text.includes(secret))
      .map((secret) => `${file} holds the secret that begins with ${secret.slice(0, 3)}`),
  );
}

const SECRET = /secret|passw|pwd|token|key|credential|salt|private/i;

/** Values of settings that look like secrets, except plain words and those that the compose files contain anyway. */
export function secretsIn(settings: readonly string[], composeFiles: readonly string[]): string[] {
  const values = settings.flatMap((text) =>
    Object.entries(parseEnv(text)).flatMap(([key, value]) =>
      SECRET.test(key) && value && value.length >= 6 && !/^[a-z]+$/.test(value) ? [value] : [],
    ),
  );
  return [...new Set(values)].filter((value) => !composeFiles.some((text) => text.includes(value)));
}
