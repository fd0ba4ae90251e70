import { CanaryError } from '../errors.ts';
import { type ConfigurationFiles, otherLanguage } from './configuration-file.ts';
import { byLabels, edgeKind, foundByLabels } from './edge.ts';
import { literally } from './literally.ts';
import { type ComposeModel, hostPorts, listeningPort } from './model.ts';
import { findCalls } from './service-map.ts';

/** A proxy of the stack that users come through: it is published, and sends requests on to other services. */
export interface Edge {
  name: string;
  published: number;
  /** Whom it sends requests to, and where that is said. */
  calls: ReadonlyMap<string, string>;
}

export function findEdges(model: ComposeModel, files: ConfigurationFiles): Edge[] {
  const calls = findCalls(model, files);
  return Object.entries(model.services).flatMap(([name, service]) => {
    const [published] = hostPorts(service);
    if (published === undefined || !edgeKind(service, files[name])) return [];
    const own = calls.filter((call) => call.from === name);
    const labelled = Object.values(model.services).some(foundByLabels);
    if (own.length === 0 && !labelled) return [];
    return [{ name, published, calls: new Map(own.map(({ to, because }) => [to, because])) }];
  });
}

interface FoundEdge {
  names: string[];
  because: string;
  published: number;
  /** Where the service listens, and the same where its definition does not say it. */
  port: number;
  said: number | undefined;
  protocol: 'http2' | undefined;
}

function notHttp(edge: string, name: string, language: string): CanaryError {
  return new CanaryError(
    'caller-unusable',
    `\`${edge}\` speaks ${language} to \`${name}\`, which the proxy cannot split.`,
    {
      hint: `Choose both: \`canary init --service ${edge} --service ${name}\`. Users then come to the proxy first, and the canary of ${edge} calls that of ${name}.`,
    },
  );
}

/** The edges in front of a service that publishes nothing; throws `caller-unusable` where they find it in a way that no link changes. */
export function edgeOf(
  model: ComposeModel,
  files: ConfigurationFiles,
  edges: readonly Edge[],
  name: string,
): FoundEdge | undefined {
  const service = model.services[name] ?? {};
  const labels = foundByLabels(service);
  if (labels && edges.length > 0)
    throw byLabels(
      edges.map((edge) => edge.name),
      name,
      labels,
    );
  const own = edges.filter((edge) => edge.calls.has(name));
  const [first] = own;
  if (!first) return undefined;
  const language = own
    .flatMap((edge) => files[edge.name] ?? [])
    .map((file) => otherLanguage(file, name))
    .find((each) => each !== undefined);
  if (language && language !== 'gRPC') throw notHttp(first.name, name, language);
  const said = listeningPort(service) === undefined ? portSaid(files, own, name) : undefined;
  const port = listeningPort(service) ?? said;
  if (port === undefined) return undefined;
  const names = own.map((edge) => edge.name);
  const because = first.calls.get(name) ?? '';
  const protocol = language === 'gRPC' ? 'http2' : undefined;
  return { names, because, published: first.published, port, said, protocol };
}

/** Where a service listens, as the edges in front of it or its own Dockerfile say. */
export function portSaid(
  files: ConfigurationFiles,
  edges: readonly Edge[],
  name: string,
): number | undefined {
  const host = literally(name);
  const patterns = [
    ...edges.map((edge) => [edge.name, new RegExp(`[/\\s]${host}:(\\d{1,5})\\b`)] as const),
    [name, /^\s*EXPOSE\s+(\d{1,5})/im] as const,
  ];
  const found = patterns.flatMap(([service, pattern]) =>
    (files[service] ?? []).flatMap(({ text }) => pattern.exec(text)?.[1] ?? []),
  );
  return found.map(Number)[0];
}
