import type { Entry } from '../compose/ingress/ingress.ts';
import { hostInUrl } from '../compose/ingress/published-urls.ts';
import type { Project } from '../project/load.ts';
import type { Run } from '../project/run.ts';
import { acceptsConnections } from '../system/ports.ts';

/** What a user on this machine gets at a port: the status of an answer, a connection, or neither. */
type Answer = number | 'accepted' | 'nothing';

/** By address and port, such as `127.0.0.1:3000`. */
export type EntryAnswers = Readonly<Record<string, Answer>>;

const PATIENCE_MS = 5000;
/** Bytes of an answer that are read. */
const LIMIT_BYTES = 1000;
/** What HAProxy answers itself where it gets no answer from a container. */
const GATEWAY_ERRORS: readonly Answer[] = [502, 503, 504];

/** Asks every published entry for its first page, as a user on this machine would, at every address it may have. */
export async function askEntries(run: Run): Promise<EntryAnswers> {
  const asked = run.project.slice.flatMap(({ service, entry }) =>
    entry ? hostsOf(entry).map((host) => ({ service, at: `${host}:${entry.port}` })) : [],
  );
  const answers = asked.map(async ({ service, at }) => [at, await ask(run, service, at)] as const);
  return Object.fromEntries(await Promise.all(answers));
}

function hostsOf({ hostIp, otherIps = [] }: Entry): string[] {
  const own = [hostIp, ...otherIps].flatMap((address) => address ?? []);
  return [...new Set(['127.0.0.1', '::1', ...own])].map(hostInUrl);
}

/** Where users were answered before and are not now. */
export function unanswered(before: EntryAnswers, now: EntryAnswers): string[] {
  const isAnswered = (answer: Answer | undefined) =>
    answer !== undefined && answer !== 'nothing' && !GATEWAY_ERRORS.includes(answer);
  return Object.keys(before).filter((at) => isAnswered(before[at]) && !isAnswered(now[at]));
}

async function ask(
  { context, project, signal }: Run,
  service: string,
  at: string,
): Promise<Answer> {
  if (!speaksPlainHttp(project, service)) {
    const { hostname, port } = new URL(`tcp://${at}`);
    const isOpen = await acceptsConnections(hostname.replace(/[[\]]/g, ''), Number(port));
    return isOpen ? 'accepted' : 'nothing';
  }
  try {
    const url = `http://${at}/`;
    return (await context.http({ url, timeout: PATIENCE_MS, limit: LIMIT_BYTES }, signal)).status;
  } catch {
    signal.throwIfAborted();
    return 'nothing';
  }
}

/** With and without the proxy; where that ends TLS, the service itself does not speak it. */
function speaksPlainHttp({ config }: Project, service: string): boolean {
  const { protocol = 'http', tls, proxyProtocol } = config.services[service] ?? {};
  return protocol === 'http' && !tls && !proxyProtocol;
}
