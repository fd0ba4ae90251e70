/** A `server` line, or one place of a `server-template`. */
export interface ServerLine {
  name: string;
  /** The name that DNS is asked for; none for the canary as a whole and for servers that follow another one's state. */
  host: string | undefined;
  port: number;
  /** Whether HAProxy checks it. */
  isChecked: boolean;
  /** Looked up before HAProxy starts to serve. */
  isFirst: boolean;
}

export interface BackendLines {
  name: string;
  isStream: boolean;
  servers: ServerLine[];
}

/** What the simulated proxy reads in a configuration of canary's. */
export interface HaproxyConfiguration {
  digest: string;
  /** The services that users reach, by the port in the container. */
  entries: Map<number, string>;
  backends: Map<string, BackendLines>;
}

/** More than any test starts: a real proxy has 20, which would only make the tables long. */
const MOST_PLACES = 4;

export function readConfiguration(text: string): HaproxyConfiguration {
  const found: HaproxyConfiguration = { digest: '', entries: new Map(), backends: new Map() };
  let backend: BackendLines | undefined;
  let entry: string | undefined;
  for (const line of text.split('\n')) {
    const words = line.trim().split(' ');
    const [first = '', second = '', third = '', ...options] = words;
    if (first === 'description') found.digest = second;
    if (!line.startsWith(' ')) {
      entry = first === 'frontend' ? /^(.+):entry$/.exec(second)?.[1] : undefined;
      backend = first === 'backend' ? { name: second, isStream: false, servers: [] } : undefined;
      // Those only count, or are for files with a digest in their name, for which no user of the simulation asks.
      if (/:(alive|(canary|stable)-assets)$/.test(second)) backend = undefined;
      if (backend) found.backends.set(second, backend);
    }
    if (entry && first === 'bind' && /^:\d+$/.test(second))
      found.entries.set(Number(second.slice(1)), entry);
    if (!backend) continue;
    if (first === 'mode') backend.isStream = second === 'tcp';
    if (first === 'server') backend.servers.push(serverOf(second, third, options));
    if (first !== 'server-template') continue;
    const [from = 1, to = from] = third.split('-').map(Number);
    const [place = '', ...rest] = options;
    for (let number = from; number <= Math.min(to, MOST_PLACES); number += 1)
      backend.servers.push(serverOf(`${second}${number}`, place, rest));
  }
  return found;
}

function serverOf(name: string, place: string, options: readonly string[]): ServerLine {
  const [host = '', port] = place.split(':');
  const isNamed = !place.startsWith('abns@') && !options.includes('track');
  return {
    name,
    host: isNamed ? host : undefined,
    port: Number(port) || 0,
    isChecked: isNamed && !options.includes('no-check'),
    isFirst: options.includes('init-addr'),
  };
}
