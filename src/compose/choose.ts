import { type ComposeModel, hostPorts } from './model.ts';
import { findCalls } from './service-map.ts';
import { cloneableService } from './slice.ts';
import { statefulReason } from './stateful.ts';

export interface ChosenService {
  service: string;
  entry: number | undefined;
  preview: number | undefined;
  why: string;
}

export interface Candidate {
  name: string;
  /** Chosen when nobody says otherwise. */
  isLikely: boolean;
  why: string;
}

/** Every service that could be cloned, and whether it likely should be: what is built here, not what is only used. */
export function findCandidates(model: ComposeModel): Candidate[] {
  return Object.entries(model.services)
    .filter(([, service]) => statefulReason(service) === undefined)
    .map(([name, service]) => {
      const ports = hostPorts(service);
      const where = ports.length > 0 ? `, published on ${ports.join(', ')}` : '';
      return {
        name,
        isLikely: service.build !== undefined,
        why: `${service.build ? 'built from this repository' : `runs ${service.image}`}${where}`,
      };
    })
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

/** Turns chosen names into entries and inner services; throws where one cannot be cloned. */
export function describeChoice(model: ComposeModel, names: readonly string[]): ChosenService[] {
  const calls = findCalls(model);
  const taken = new Set(Object.values(model.services).flatMap(hostPorts));
  const callerOf = (service: string) =>
    calls.find((call) => call.to === service && names.includes(call.from))?.from;
  const published = names.filter((name) => hostPorts(model.services[name] ?? {}).length > 0);
  // Services that name each other leave no outermost one: the first is where users come in.
  const onlyDoor = published.every(callerOf) ? published[0] : undefined;
  return [...new Set(names)].map((service) => {
    const [port] = hostPorts(cloneableService(model, service));
    if (port === undefined) return inner(service, 'it publishes no port');
    const caller = callerOf(service);
    if (caller && service !== onlyDoor) return inner(service, `${caller} calls it by name`);
    const preview = freePort(port, taken);
    taken.add(preview);
    return {
      service,
      entry: port,
      preview,
      why: `users reach it on port ${port}; the canary alone answers on ${preview}`,
    };
  });
}

/** canary.yaml for a choice; the same choice always gives the same text. */
export function configText(choice: readonly ChosenService[], stableBranch: string): string {
  const lines = choice.map(({ service, entry, preview }) =>
    entry === undefined
      ? `  ${yamlKey(service)}: {}`
      : `  ${yamlKey(service)}: { entry: ${entry}, preview: ${preview} }`,
  );
  return [
    '# What canary clones, and where users come in. All settings: README of canary.',
    'version: 1',
    'services:',
    ...lines,
    ...(stableBranch === 'main' ? [] : [`git: { stable: ${JSON.stringify(stableBranch)} }`]),
    '',
  ].join('\n');
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
