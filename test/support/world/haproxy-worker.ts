import { type Container, joined, type SimulatedEngine } from './engine.ts';
import {
  type BackendLines,
  type HaproxyConfiguration,
  readConfiguration,
  type ServerLine,
} from './haproxy-configuration.ts';
import type { Timeline } from './timeline.ts';
import { bucketOf } from './users.ts';

const RESOLVE_EVERY_MS = 300;
const FORGET_AFTER_MS = 500;
const CHECK_EVERY_MS = 500;
const FALL = 5;
/** Failures in a row after which the breaker takes a canary out. */
const BREAKER = 5;

export interface Server extends ServerLine {
  address: string;
  /** When DNS last had it. */
  knownAt: number;
  isUp: boolean;
  /** Whether it passed its last check. */
  passed: boolean;
  failedChecks: number;
  requests: number;
  failures: number;
}

export interface Backend extends Omit<BackendLines, 'servers'> {
  servers: Server[];
  requests: number;
  answers: { ok: number; failed: number };
  /** The breaker has taken out the canary that this backend is for. */
  isTripped: boolean;
  failuresInARow: number;
}

/** What a user gets. */
export interface Answer {
  status: number;
  /** Whose program answered; none if nobody did. */
  container: Container | undefined;
  side: 'stable' | 'canary';
  /** The stable answered instead of the canary. */
  isShielded: boolean;
}

/** One worker of HAProxy: its servers and maps, from its configuration on. */
export class HaproxyWorker {
  readonly configuration: HaproxyConfiguration;
  readonly backends = new Map<string, Backend>();
  readonly maps = new Map<string, Map<string, string>>();
  readonly startedAt: number;
  readonly pid: number;
  isAccepting = true;
  hasEnded = false;
  private readonly engine: SimulatedEngine;
  private readonly timeline: Timeline;
  /** The container in which it runs, whose networks it is on. */
  readonly container: Container;
  private turn = 0;

  constructor(
    engine: SimulatedEngine,
    timeline: Timeline,
    container: Container,
    files: { configuration: string; maps: Map<string, string>; states: string | undefined },
    pid: number,
  ) {
    this.engine = engine;
    this.timeline = timeline;
    this.container = container;
    this.pid = pid;
    this.startedAt = timeline.wall();
    this.configuration = readConfiguration(files.configuration);
    for (const [name, text] of files.maps) {
      const pairs = text.split('\n').filter(Boolean);
      this.maps.set(name, new Map(pairs.map((line) => line.split(' ') as [string, string])));
    }
    for (const { servers, ...lines } of this.configuration.backends.values())
      this.backends.set(lines.name, {
        ...lines,
        servers: servers.map(newServer),
        ...{ requests: 0, answers: { ok: 0, failed: 0 }, isTripped: false, failuresInARow: 0 },
      });
    this.takeStates(files.states);
    this.resolve((server) => server.isFirst && server.address === '');
    this.repeat(RESOLVE_EVERY_MS, () => this.resolve());
    this.repeat(CHECK_EVERY_MS, () => this.check());
  }

  end(): void {
    this.hasEnded = true;
  }

  /** The answer to a request at one of its ports, at once. */
  answer(user: string, port: number): Answer {
    const service = this.configuration.entries.get(port);
    if (service === undefined) return nobody('stable');
    const weight = this.weight();
    let isOnCanary = bucketOf(user) < weight;
    if (weight < 0) isOnCanary = false;
    if (weight > 10_000) isOnCanary = true;
    const alive = this.named(service).servers.filter((each) => isStable(each) && canServe(each));
    if (weight >= 10_000 && alive.length === 0) isOnCanary = true;
    const guarded = this.backends.get(`${service}:canary`);
    const replicas = this.backends.get(`${service}:replicas`)?.servers.filter(canServe) ?? [];
    if (isOnCanary && guarded && replicas.length > 0 && !guarded.isTripped)
      return this.guarded(service, guarded, replicas);
    const standIns = this.backends.get(`${service}:without-stable`)?.servers ?? [];
    const reachable = standIns.filter(({ address }) => address !== '');
    if (isOnCanary && alive.length === 0 && reachable.length > 0) {
      const answer = this.ask(reachable, 'canary');
      this.count(this.named(service), 'canary', answer);
      return answer;
    }
    return this.stable(this.named(service), isOnCanary ? 'canary' : 'stable');
  }

  /** The weight in force, in hundredths of a percent; -1 for nobody. */
  weight(): number {
    const map = this.maps.get('weights.map');
    const until = Number(map?.get('until') ?? 0);
    if (until > 0 && this.timeline.wall() >= until * 1000) return -1;
    return Number(map?.get('weight') ?? -1);
  }

  /** Whether users of its weight reach the canary of a service. */
  offersCanary(port: number): boolean {
    const service = this.configuration.entries.get(port) ?? '';
    const replicas = this.backends.get(`${service}:replicas`)?.servers ?? [];
    return replicas.some(canServe) && this.backends.get(`${service}:canary`)?.isTripped === false;
  }

  named(name: string): Backend {
    const found = this.backends.get(name);
    if (!found) throw new Error(`The proxy has no backend ${name}`);
    return found;
  }

  private stable(backend: Backend, side: 'stable' | 'canary'): Answer {
    const up = backend.servers.filter((each) => isStable(each) && canServe(each));
    const last = backend.servers.filter(
      ({ name, address }) => name === 'patient' && address !== '',
    );
    const answer = this.ask(up.length > 0 ? up : last, 'stable');
    backend.requests += 1;
    this.tally(backend, answer);
    return { ...answer, side: answer.status < 500 ? 'stable' : side };
  }

  private guarded(service: string, backend: Backend, replicas: readonly Server[]): Answer {
    const first = this.ask(replicas, 'canary');
    this.count(backend, 'unwatched', first);
    if (first.status < 500) {
      backend.failuresInARow = 0;
      this.tally(backend, first);
      return first;
    }
    backend.failuresInARow += 1;
    if (backend.failuresInARow >= BREAKER) backend.isTripped = true;
    const instead = backend.servers.filter((each) => isStable(each) && canServe(each));
    if (instead.length === 0 || this.named(service).servers.every((each) => !canServe(each))) {
      this.tally(backend, first);
      return first;
    }
    const second = this.ask(instead, 'stable');
    this.tally(backend, second);
    return { ...second, side: 'canary', isShielded: second.status < 500 };
  }

  /** Tries servers one after the other, as `retries` and `redispatch` do. */
  private ask(servers: readonly Server[], side: 'stable' | 'canary'): Answer {
    for (let tries = 0; tries < servers.length; tries += 1) {
      this.turn += 1;
      const server = servers[this.turn % servers.length] as Server;
      server.requests += 1;
      const container = this.reached(server);
      if (!container) {
        server.failures += 1;
        continue;
      }
      const { fails = 0 } = this.engine.programOf(container);
      const isBad = bucketOf(`${this.turn}`) < fails * 10_000;
      if (isBad) server.failures += 1;
      return { status: isBad ? 500 : 200, container, side, isShielded: false };
    }
    return nobody(side);
  }

  private reached({ address, port }: Server): Container | undefined {
    const container = this.engine.at(address);
    if (!container || !this.engine.listens(container)) return undefined;
    if (this.engine.programOf(container).port !== port) return undefined;
    const isNear = joined(container).some((each) => joined(this.container).includes(each));
    return isNear ? container : undefined;
  }

  private count(backend: Backend, name: string, { status }: Answer): void {
    backend.requests += 1;
    const server = backend.servers.find((each) => each.name === name);
    if (!server) return;
    server.requests += 1;
    if (status >= 500) server.failures += 1;
  }

  private tally({ answers }: Backend, { status }: Answer): void {
    if (status < 500) answers.ok += 1;
    else answers.failed += 1;
  }

  private resolve(isAsked: (server: Server) => boolean = () => true): void {
    const now = this.timeline.now();
    const answers = new Map<string, string[] | undefined>();
    for (const { servers } of this.backends.values()) {
      for (const host of new Set(servers.map((each) => each.host))) {
        if (host === undefined) continue;
        const known = answers.get(host) ?? this.engine.resolve(host, this.container);
        answers.set(host, known);
        const places = servers.filter((each) => each.host === host);
        // Servers keep what they have while DNS says nothing.
        if (known) this.place(places.filter(isAsked), places, known, now);
      }
    }
  }

  /** Servers keep their address as long as DNS has it; an address that is new gets a free place. */
  private place(
    asked: readonly Server[],
    places: readonly Server[],
    addresses: readonly string[],
    now: number,
  ): void {
    for (const each of asked) {
      if (each.address === '') continue;
      if (addresses.includes(each.address)) each.knownAt = now;
      else if (now - each.knownAt >= FORGET_AFTER_MS) forget(each);
    }
    const ordinary = places.filter(({ name }) => name !== 'patient');
    for (const address of addresses) {
      if (ordinary.some((each) => each.address === address)) continue;
      const free = asked.find((each) => each.address === '' && each.name !== 'patient');
      if (free) Object.assign(free, { address, knownAt: now, isUp: true, passed: false });
    }
    const patient = asked.find(({ name, address }) => name === 'patient' && address === '');
    if (patient && addresses[0]) Object.assign(patient, { address: addresses[0], knownAt: now });
  }

  private check(): void {
    for (const { servers } of this.backends.values()) {
      for (const server of servers) {
        if (!server.isChecked || server.address === '') continue;
        server.passed = this.reached(server) !== undefined;
        server.failedChecks = server.passed ? 0 : server.failedChecks + 1;
        if (server.passed) server.isUp = true;
        else if (server.failedChecks >= FALL) server.isUp = false;
      }
    }
  }

  /** What an earlier worker knew; see `show servers state`. */
  private takeStates(states: string | undefined): void {
    const lines = (states ?? '').split('\n');
    const columns =
      lines
        .find((line) => line.startsWith('# '))
        ?.slice(2)
        .split(' ') ?? [];
    for (const line of lines) {
      const cells = line.split(' ');
      const cell = (name: string) => cells[columns.indexOf(name)] ?? '';
      const backend = this.backends.get(cell('be_name'));
      const server = backend?.servers.find(({ name }) => name === cell('srv_name'));
      if (!backend || !server) continue;
      const isUp = cell('srv_op_state') === '2';
      if (server.host === undefined) {
        if (server.name === 'canary' && backend.name.endsWith(':canary')) backend.isTripped = !isUp;
        continue;
      }
      const address = cell('srv_addr') === '-' ? '' : cell('srv_addr');
      Object.assign(server, { address, isUp, knownAt: this.timeline.now() });
    }
  }

  private repeat(ms: number, act: () => void): void {
    const again = () => {
      if (this.hasEnded) return;
      act();
      this.timeline.after(ms, again);
    };
    this.timeline.after(ms, again);
  }
}

export function canServe({ address, isUp }: Server): boolean {
  return address !== '' && isUp;
}

function isStable({ name }: Server): boolean {
  return name.startsWith('stable');
}

function newServer(line: ServerLine): Server {
  return {
    ...line,
    ...{ address: '', knownAt: 0, isUp: true, passed: false },
    ...{ failedChecks: 0, requests: 0, failures: 0 },
  };
}

function forget(server: Server): void {
  Object.assign(server, { address: '', passed: false, failedChecks: 0 });
}

function nobody(side: 'stable' | 'canary'): Answer {
  return { status: 503, container: undefined, side, isShielded: false };
}
