import { ownVolumes } from '../compose/clone/volumes.ts';
import type { ComposeService, ComposeVolume } from '../compose/model/model.ts';
import { type Exception, formatException, parseException } from '../config/exception.ts';
import type { DatabaseConfig } from '../config/sections/database.ts';
import { byName } from '../config/values/by-name.ts';
import type { Context } from '../context.ts';
import type { Agreement } from '../database/allow.ts';
import { formatBytes } from '../database/bytes.ts';
import { type SharedData, sharedData, sharedText, type Unrehearsed } from '../database/shared.ts';
import { CanaryError } from '../errors.ts';
import type { Checkout } from '../project/checkout/checkout.ts';
import { knownCalls } from '../project/configuration-files.ts';
import type { Project } from '../project/load.ts';
import { type Original, originalsOf } from './originals.ts';

/** Bytes that must stay free on the disk. */
const RESERVE = 1_000_000_000;

/** What the slice shares with the stable and a rehearsal must cover; nothing if rehearsals are off. */
export async function sharedDataOf(
  { config, model, slice }: Project,
  checkout?: Checkout,
): Promise<SharedData> {
  const { service: wanted, rehearse, migrate } = config.database;
  if (rehearse === 'off') return { databases: [], unrehearsed: [] };
  const services = [...slice.map(({ service }) => service), ...(migrate ? [migrate.service] : [])];
  const unknown = wanted?.find((name) => !model.services[name]);
  if (unknown !== undefined)
    throw new CanaryError(
      'service-unknown',
      `There is no service \`${unknown}\` in the compose file.`,
      {
        hint: 'It is `database.service` in canary.yaml.',
      },
    );
  const shared = sharedData(model, services, await knownCalls(model), wanted);
  if (!checkout) return shared;
  // What only the branch names must exist in production: only production's services are shared.
  const branch = {
    ...checkout.model,
    services: byName([...Object.entries(model.services), ...pick(checkout, services)]),
  };
  const more = sharedData(branch, services, await knownCalls(branch), wanted);
  return {
    databases: union(shared.databases, more.databases),
    unrehearsed: union(shared.unrehearsed, more.unrehearsed),
  };
}

function pick({ model }: Checkout, services: readonly string[]): [string, ComposeService][] {
  return services.flatMap((name) => {
    const definition = model.services[name];
    return definition ? [[name, definition] as [string, ComposeService]] : [];
  });
}

function union<T extends { service: string }>(left: readonly T[], right: readonly T[]): T[] {
  return [
    ...left,
    ...right.filter(({ service }) => !left.some((each) => each.service === service)),
  ];
}

/** Throws `not-rehearsed` for what only the branch shares, unless a user has agreed to it. */
export function requireAgreed(
  unrehearsed: readonly Unrehearsed[],
  { exceptions }: Agreement,
): void {
  const missing = unrehearsed.find((each) => !isExempt(each, exceptions));
  if (missing) throw notAgreed(missing, 'auto');
}

function isExempt({ service }: Unrehearsed, exceptions: readonly Exception[]): boolean {
  return exceptions.some(({ what, name }) => what === 'unrehearsed' && name === service);
}

/** What a canary must first boot on copies of: databases, and folders that may hold some. */
export async function rehearsedOn(project: Project, checkout: Checkout): Promise<string[]> {
  if (project.config.database.rehearse === 'off') return [];
  const { databases } = await sharedDataOf(project, checkout);
  const own = ownVolumes(
    checkout.model,
    project.slice.map(({ service }) => service),
  );
  const folders = project.slice.flatMap(({ service }) => {
    const isOwn = ({ target }: ComposeVolume) =>
      own.get(service)?.some((each) => each.target === target);
    const volumes = checkout.model.services[service]?.volumes ?? [];
    return [
      ...volumes.filter((each) => each.type === 'volume' && !isOwn(each)),
      ...(checkout.dataMounts[service] ?? []),
    ];
  });
  const shared = folders.flatMap(({ source, read_only }) => (source && !read_only ? [source] : []));
  return [...new Set([...databases.map(({ service }) => service), ...shared])];
}

/**
 * Settles, before anything is built, what only a user can decide: services that cannot be rehearsed, and a database
 * too large for the disk. Throws `not-rehearsed` if no user agreed.
 */
export async function agree(
  context: Context,
  project: Project,
  given: readonly Exception[],
  signal: AbortSignal = context.signal,
): Promise<Agreement> {
  const { database } = project.config;
  const standing = database.allow.flatMap((text) => parseException(text) ?? []);
  const exceptions = [...standing, ...given];
  const { databases, unrehearsed } = await sharedDataOf(project);
  for (const each of unrehearsed)
    exceptions.push(...(await settle(context, each, exceptions, database)));
  const originals = await originalsOf({ context, project, signal }, databases);
  const data = database.data === 'full' ? await fitting(context, originals) : database.data;
  return { exceptions, data };
}

/** Warns about what is shared without a rehearsal; asks if no user has agreed yet. */
async function settle(
  { emit, prompt }: Context,
  each: Unrehearsed,
  exceptions: readonly Exception[],
  { rehearse }: DatabaseConfig,
): Promise<Exception[]> {
  const exception: Exception = { what: 'unrehearsed', name: each.service };
  const isKnown = isExempt(each, exceptions);
  if (isKnown && rehearse !== 'always') {
    emit({ type: 'warning', text: sharedText(each) });
    return [];
  }
  const isAgreed = rehearse !== 'always' && (await prompt.confirm(`${sharedText(each)} Go on?`));
  if (isAgreed) return [exception];
  throw notAgreed(each, rehearse);
}

/** All rows if they fit on the disk; else a sample, if the user agrees. */
async function fitting(
  { prompt }: Context,
  originals: readonly Original[],
): Promise<DatabaseConfig['data']> {
  let bytes = 0;
  let free = Number.POSITIVE_INFINITY;
  for (const { server, at } of originals) {
    const size = await server.measure(at);
    bytes += size.bytes;
    free = Math.min(free, size.free);
  }
  if (originals.length === 0 || bytes + RESERVE <= free) return 'full';
  const text = `A copy of ${originals.map(({ service }) => service).join(', ')} takes ${formatBytes(bytes)}, and ${formatBytes(free)} are free`;
  if (await prompt.confirm(`${text}. Rehearse on the schema and a sample of the rows instead?`))
    return 'sample';
  throw new CanaryError('not-rehearsed', `${text}: too little.`, {
    hint: 'Free some, or copy less: `database: {data: sample}` or `{data: schema}` in canary.yaml.',
  });
}

function notAgreed(each: Unrehearsed, rehearse: DatabaseConfig['rehearse']): CanaryError {
  const exception = formatException({ what: 'unrehearsed', name: each.service });
  return new CanaryError('not-rehearsed', sharedText(each), {
    hint:
      rehearse === 'always'
        ? '`database: {rehearse: auto}` in canary.yaml lets exceptions pass.'
        : `If that is meant: \`--allow ${exception}\`, or for good \`database: {allow: ["${exception}"]}\` in canary.yaml.`,
  });
}
