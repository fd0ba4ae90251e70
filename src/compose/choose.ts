import type { Router } from '../config/doors.ts';
import type { ConfigurationFiles } from './configuration-file.ts';
import { edgeOf, findEdges } from './find-edges.ts';
import { type ComposeModel, hostPorts } from './model.ts';
import { routedChoice } from './routed-choice.ts';
import { throughRouter } from './routers/router.ts';
import { findCalls } from './service-map.ts';
import { cloneableService } from './slice.ts';
import { statefulReason } from './stateful.ts';

export interface ChosenService {
  service: string;
  entry: number | undefined;
  preview: number | undefined;
  why: string;
  /** The proxies of the stack that users come through, and where the service listens. */
  behind?: readonly string[] | undefined;
  /** The router that users come through, which finds it by what it says of itself. */
  labels?: Router | undefined;
  port?: number | undefined;
  protocol?: 'http2' | undefined;
}

export interface Candidate {
  name: string;
  /** Chosen when nobody says otherwise. */
  isLikely: boolean;
  why: string;
}

/** Every service that could be cloned, and whether it likely should be: what is built here, not what is only used. */
export function findCandidates(model: ComposeModel, files: ConfigurationFiles = {}): Candidate[] {
  const edges = findEdges(model, files);
  return Object.entries(model.services)
    .filter(([, service]) => statefulReason(service) === undefined)
    .map(([name, service]) => {
      const ports = hostPorts(service);
      const where = ports.length > 0 ? `, published on ${ports.join(', ')}` : '';
      return {
        name,
        isLikely: service.build !== undefined && !edges.some((edge) => edge.name === name),
        why: `${service.build ? 'built from this repository' : `runs ${service.image}`}${where}`,
      };
    })
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

/** Turns chosen names into entries and inner services; throws where one cannot be cloned. */
export function describeChoice(
  model: ComposeModel,
  names: readonly string[],
  files: ConfigurationFiles = {},
): ChosenService[] {
  const calls = findCalls(model, files);
  const edges = findEdges(model, files).filter((edge) => !names.includes(edge.name));
  const taken = new Set(Object.values(model.services).flatMap(hostPorts));
  const doors = new Set<number>();
  const callerOf = (service: string) =>
    calls.find((call) => call.to === service && names.includes(call.from))?.from;
  const published = names.filter((name) => hostPorts(model.services[name] ?? {}).length > 0);
  // Services that name each other leave no outermost one: the first is where users come in.
  const onlyDoor = published.every(callerOf) ? published[0] : undefined;
  const previewFor = (port: number) => {
    const preview = freePort(port, taken);
    taken.add(preview);
    return preview;
  };
  return [...new Set(names)].map((service) => {
    const [port] = hostPorts(cloneableService(model, service));
    if (port === undefined) {
      const routed = routedChoice(model, files, service);
      if (routed) {
        const preview = previewFor(routed.listens);
        const { labels, port, because } = routed;
        const why = `users reach it ${throughRouter(labels)} (${because}); the canary alone answers on ${preview}`;
        return { service, entry: undefined, labels, port, preview, why };
      }
      const edge = edgeOf(model, files, edges, service);
      if (!edge) return inner(service, 'it publishes no port');
      if (doors.has(edge.port))
        return inner(
          service,
          `another service behind ${edge.names[0]} listens on ${edge.port} too`,
        );
      doors.add(edge.port);
      const preview = previewFor(edge.published);
      const why = `users reach it through ${edge.names.join(', ')} (${edge.because}); the canary alone answers on ${preview}`;
      const { names: behind, said, protocol } = edge;
      return { service, entry: undefined, behind, port: said, protocol, preview, why };
    }
    const caller = callerOf(service);
    if (caller && service !== onlyDoor) return inner(service, `${caller} calls it by name`);
    const preview = previewFor(port);
    const why = `users reach it on port ${port}; the canary alone answers on ${preview}`;
    return { service, entry: port, preview, why };
  });
}

/** canary.yaml for a choice; the same choice always gives the same text. */
export function configText(
  choice: readonly ChosenService[],
  stableBranch: string,
  unrehearsed: readonly string[] = [],
): string {
  const lines = choice.map(
    ({ service, ...settings }) => `  ${yamlKey(service)}: ${flowText(settings)}`,
  );
  return [
    '# What canary clones, and where users come in. All settings: README of canary.',
    'version: 1',
    'services:',
    ...lines,
    ...(stableBranch === 'main' ? [] : [`git: { stable: ${JSON.stringify(stableBranch)} }`]),
    ...(unrehearsed.length === 0 ? [] : agreement(unrehearsed)),
    '',
  ].join('\n');
}

/** What a person has to agree to before the first deploy, ready to be switched on. */
function agreement(services: readonly string[]): string[] {
  const exceptions = services.map((name) => JSON.stringify(`unrehearsed:${name}`));
  return [
    '# These keep data, are shared with the canary, and what it does to them cannot be rehearsed. If that is meant:',
    `# database: { allow: [${exceptions.join(', ')}] }`,
  ];
}

function flowText({
  entry,
  behind,
  labels,
  port,
  protocol,
  preview,
}: Omit<ChosenService, 'service'>): string {
  const edges = behind?.map(yamlKey);
  const settings = [
    ...(entry === undefined ? [] : [`entry: ${entry}`]),
    ...(edges ? [`behind: ${edges.length === 1 ? edges[0] : `[${edges.join(', ')}]`}`] : []),
    ...(labels === undefined ? [] : [`labels: ${labels}`]),
    ...(port === undefined ? [] : [`port: ${port}`]),
    ...(protocol === undefined ? [] : [`protocol: ${protocol}`]),
    ...(preview === undefined ? [] : [`preview: ${preview}`]),
  ];
  return settings.length === 0 ? '{}' : `{ ${settings.join(', ')} }`;
}

/** Compose allows names that YAML alone would take for a number or for nothing. */
function yamlKey(name: string): string {
  const isPlain =
    /^[a-z][\w.-]*$/i.test(name) && !/^(null|true|false|yes|no|on|off|y|n)$/i.test(name);
  return isPlain ? name : JSON.stringify(name);
}

function inner(service: string, why: string): ChosenService {
  return { service, entry: undefined, preview: undefined, why: `inner: ${why}` };
}

/** A port that the compose file does not publish and a person can remember: ten thousand further. */
function freePort(entry: number, taken: ReadonlySet<number>): number {
  let port = entry + 10_000 <= 65_535 ? entry + 10_000 : entry - 10_000;
  while (taken.has(port)) port += 1;
  return port;
}
