import type { ComposeModel, ComposeService } from '../model/model.ts';
import { type ConfigurationFile, type ConfigurationFiles, hostsOf } from './configuration-file.ts';

export interface Call {
  from: string;
  to: string;
  /** Where the definition states it. */
  because: string;
}

/**
 * Which services call which by name, as far as the definitions show: environment, command, links,
 * `depends_on`, and configuration files if there are any to read.
 */
export function findCalls(model: ComposeModel, files: ConfigurationFiles = {}): Call[] {
  const names = namesOf(model);
  return Object.entries(model.services).flatMap(([from, service]) => {
    const reasons = mentions(service, files[from] ?? [], names);
    reasons.delete(from);
    return [...reasons]
      .sort(([left], [right]) => names.place(left) - names.place(right))
      .map(([to, because]) => ({ from, to, because }));
  });
}

/** Whether a call is known from more than the start order. */
export function isFirm({ because }: Call): boolean {
  return because !== 'depends_on';
}

/** The services that call one of `services` by name and are not among them. */
export function callersOutside(calls: readonly Call[], services: readonly string[]): Call[] {
  return calls.filter((call) => services.includes(call.to) && !services.includes(call.from));
}

/**
 * The names of services, for looking words up: the cost grows with the texts, not with every pair
 * of services.
 */
interface Names {
  place(name: string): number;
  /** The names that a text in lower case may mean. */
  inSmallLetters(text: string): readonly string[];
}

function namesOf({ services }: ComposeModel): Names {
  const places = new Map(Object.keys(services).map((name, index) => [name, index]));
  const small = new Map<string, string[]>();
  for (const name of places.keys()) {
    const key = name.toLowerCase();
    small.set(key, [...(small.get(key) ?? []), name]);
  }
  return {
    place: (name) => places.get(name) ?? -1,
    inSmallLetters: (text) => small.get(text) ?? [],
  };
}

/** The services that a definition names, each with the first place that names it. */
function mentions(
  service: ComposeService,
  files: readonly ConfigurationFile[],
  names: Names,
): Map<string, string> {
  const reasons = new Map<string, string>();
  const note = (found: Iterable<string>, because: string) => {
    for (const name of found) {
      if (names.place(name) >= 0 && !reasons.has(name)) reasons.set(name, because);
    }
  };
  for (const [key, value] of Object.entries(service.environment ?? {}))
    note(namedHosts(value ?? ''), `environment ${key}`);
  note((service.command ?? []).flatMap(namedHosts), 'command');
  note(
    (service.links ?? []).flatMap((link) => link.split(':', 1)),
    'links',
  );
  for (const file of files) {
    const { inDirectives, inUrls } = hostsOf(file);
    note(inDirectives, file.path);
    note([...inUrls].flatMap(names.inSmallLetters), file.path);
  }
  note(Object.keys(service.depends_on ?? {}), 'depends_on');
  return reasons;
}

/** The hosts that a value names: alone, as `host:port`, in a URL, or in a list of these. */
function namedHosts(value: string): string[] {
  return value.match(/(?<=^|\/\/|[@,;=(\s"'])[\w.-]+(?=$|[:/,;?)\s"'])/g) ?? [];
}
