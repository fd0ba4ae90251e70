import { hostInUrl } from '../compose/ingress/published-urls.ts';
import { unaskable } from '../config/sections/checks.ts';
import { messageOf } from '../errors.ts';
import type { Run } from '../project/run.ts';
import { baggageOf } from '../proxy/baggage.ts';
import { containersOf, type ObservedContainer } from '../rollout/observed.ts';
import type { Side } from '../rollout/operation.ts';
import { askHttp, type HttpAnswer } from '../system/http.ts';

/** A request sent directly to a container of either side: no shield hides a failure, and no counter sees it. */
export interface Question {
  service: string;
  method: string;
  /** Path and query. */
  target: string;
  headers: Readonly<Record<string, string>>;
  body?: string | undefined;
  timeout?: number | undefined;
  /** How many bytes of the response are read. */
  limit: number;
}

/** The running containers of both sides of a service, each as the beginning of a URL. */
export type ContainerUrls = Record<Side, readonly string[]>;

/** Why there was no response, in words. */
export interface Silence {
  silence: string;
}

const PATIENCE_MS = 10_000;
const BOOTING_MS = 30_000;
/** Replicas that are started together start within this time. */
const TOGETHER_MS = 5000;

/** Finds the URLs of a service's containers; none if it does not speak HTTP. */
export async function containerUrls(
  { project, context }: Run,
  service: string,
): Promise<ContainerUrls> {
  const { port } = project.slice.find((each) => each.service === service) ?? {};
  const settings = project.config.services[service] ?? {};
  if (port === undefined || unaskable(settings)) return { stable: [], canary: [] };
  const scheme = settings.tls?.reencrypt ? 'https' : 'http';
  const containers = await context.engine.containers(project.name);
  const urlsOf = (side: Side) => {
    const own = containersOf({ containers }, side, service);
    const running = own.filter(({ state }) => state === 'running');
    return settled(running, context.clock.machineTime()).flatMap(({ addresses: [address] }) => {
      return address ? [`${scheme}://${hostInUrl(address)}:${port}`] : [];
    });
  };
  return { stable: urlsOf('stable'), canary: urlsOf('canary') };
}

/**
 * Asks one container, with the headers that the proxy would set for its side, so that calls between services stay on
 * that side. Rejects only when the signal aborts.
 */
export async function askContainer(
  { project, signal }: Run,
  url: string,
  side: Side,
  { target, headers, timeout = PATIENCE_MS, ...question }: Question,
): Promise<HttpAnswer | Silence> {
  const own = lowerCased(headers);
  const told = {
    [project.config.force.header.toLowerCase()]: side,
    baggage: baggageOf(side, own.baggage),
  };
  const request = { ...question, url: url + target, timeout, headers: { ...own, ...told } };
  try {
    return await askHttp({ ...request, trustsAnyone: true }, signal);
  } catch (error) {
    signal.throwIfAborted();
    const message = messageOf(error);
    return { silence: message.startsWith('no answer') ? message : `no answer (${message})` };
  }
}

/** The headers that a service gets when it is called by its usual name. */
export function usualHeaders({ project }: Run, service: string): Record<string, string> {
  const { entry, port } = project.slice.find((each) => each.service === service) ?? {};
  if (!entry) return { host: `${service}:${port}` };
  const host = `localhost:${entry.port}`;
  const isTls = project.config.services[service]?.tls !== undefined;
  return {
    host,
    'x-forwarded-proto': isTls ? 'https' : 'http',
    'x-forwarded-host': host,
    'x-forwarded-port': String(entry.port),
  };
}

/** Header names are case-insensitive. */
export function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

/** Without containers that started just after the others and may not listen yet. */
function settled(running: readonly ObservedContainer[], now: Date): readonly ObservedContainer[] {
  const starts = running.map(({ startedAt }) => Date.parse(startedAt));
  const latest = Math.max(Math.min(...starts) + TOGETHER_MS, now.getTime() - BOOTING_MS);
  return running.filter(({ startedAt }) => Date.parse(startedAt) <= latest);
}
