import { unaskable } from '../config/checks.ts';
import { messageOf } from '../errors.ts';
import type { Run } from '../project/run.ts';
import { baggageOf } from '../proxy/baggage.ts';
import { containersOf, type ObservedContainer } from '../rollout/observed.ts';
import type { Side } from '../rollout/operation.ts';
import { askHttp, type HttpAnswer } from '../system/http.ts';

/** What is needed to ask containers directly. */
export type AskRun = Pick<Run, 'context' | 'project' | 'signal'>;

/** A request as either side gets it, straight at a container: no shield hides a failure, and no counter sees it. */
export interface Question {
  service: string;
  method: string;
  /** Path and query. */
  target: string;
  headers: Readonly<Record<string, string>>;
  body?: string | undefined;
  timeout: number;
  /** Bytes of the answer that are read. */
  limit: number;
}

/** The containers of both sides that run, as they were a moment ago. */
export type Containers = readonly ObservedContainer[];

export function containersNow({ context, project }: AskRun): Promise<Containers> {
  return context.engine.containers(project.name);
}

const BOOTING_MS = 30_000;
/** Replicas that are started together start so close to each other. */
const TOGETHER_MS = 5000;

/** The running containers of a side of a service, each as the beginning of a URL. */
export function containerUrls(
  { project, context }: AskRun,
  containers: Containers,
  side: Side,
  service: string,
): string[] {
  const { port } = project.slice.find((each) => each.service === service) ?? {};
  const settings = project.config.services[service] ?? {};
  if (port === undefined || unaskable(settings)) return [];
  const scheme = settings.tls?.reencrypt ? 'https' : 'http';
  const running = containersOf({ containers }, side, service).filter(
    ({ state }) => state === 'running',
  );
  return settled(running, context.clock.now()).flatMap(({ addresses: [address] }) => {
    if (!address) return [];
    return [`${scheme}://${address.includes(':') ? `[${address}]` : address}:${port}`];
  });
}

/**
 * Asks one container, which is told of its side as the proxy would tell it, so that inner calls stay on it. Rejects
 * with a plain error when there is no answer.
 */
export function askContainer(
  { project, signal }: AskRun,
  place: string,
  side: Side,
  question: Question,
): Promise<HttpAnswer> {
  const headers = lowerCased(question.headers);
  const { method, body, timeout, limit } = question;
  return askHttp(
    {
      ...{ url: place + question.target, method, body, timeout, limit, trustsAnyone: true },
      headers: {
        ...headers,
        [project.config.force.header.toLowerCase()]: side,
        baggage: baggageOf(side, headers.baggage),
      },
    },
    signal,
  );
}

/** The headers by which a service knows that it is asked under its usual name. */
export function usualHeaders({ project }: AskRun, service: string): Record<string, string> {
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

/** Why there was no answer, in words. */
export function silenceOf(error: unknown): string {
  const message = messageOf(error);
  return message.startsWith('no answer') ? message : `no answer (${message})`;
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

/** Without those that joined the others just now, and may not listen yet. */
function settled(running: Containers, now: Date): Containers {
  const starts = running.map(({ startedAt }) => Date.parse(startedAt));
  const latest = Math.max(Math.min(...starts) + TOGETHER_MS, now.getTime() - BOOTING_MS);
  return running.filter(({ startedAt }) => Date.parse(startedAt) <= latest);
}
