import { readFileSync } from 'node:fs';
import type { Guise } from '../../../src/compose/disguise/guise.ts';
import type { RunOptions, RunResult } from '../../../src/system/process.ts';
import { composeConfig, composeVersion } from './compose-config.ts';
import { imageOf, type Model, make, replicas, requestFor } from './compose-model.ts';
import { AWAY, type Container, EngineRefusal, type SimulatedEngine } from './engine.ts';
import type { Ground } from './ground.ts';
import type { Paths } from './paths.ts';
import type { Timeline } from './timeline.ts';

/** What Compose takes for each thing that it does at the engine. */
const STEP_MS = 20;

const PLAIN: Guise = {
  seen: (container) => container,
  made: (request) => request,
  renamed: (_, name) => name,
  joined: (endpoint) => endpoint,
};

/** Where Compose finds the engine: a program that is killed closes the door that it had opened. */
export interface OpenDoor {
  guise: Guise;
  isOpen: () => boolean;
}

const PLAIN_DOOR: OpenDoor = { guise: PLAIN, isOpen: () => true };

interface Flags {
  verb: string;
  global: string[];
  services: string[];
  scale: Record<string, number>;
  has: (flag: string) => boolean;
  value: (flag: string) => string | undefined;
}

/** Docker Compose: the real one reads the files, and what it would do at the engine is done here. */
export class SimulatedCompose {
  private readonly engine: SimulatedEngine;
  private readonly timeline: Timeline;
  private readonly paths: Paths;

  constructor({ engine, timeline, paths }: Ground) {
    this.engine = engine;
    this.timeline = timeline;
    this.paths = paths;
  }

  /** `isOpen`: whether the door still leads to the engine. */
  async run(
    args: readonly string[],
    options: RunOptions = {},
    door: OpenDoor = PLAIN_DOOR,
  ): Promise<RunResult> {
    const flags = flagsOf(args);
    if (flags.verb === 'version') return done(`${composeVersion()}\n`);
    if (flags.verb === 'config') return composeConfig(this.paths, args, options);
    try {
      return await this.work(flags, options, door);
    } catch (error) {
      if (!(error instanceof EngineRefusal)) throw error;
      return { ...done(), stderr: `Error response from daemon: ${error.message}\n`, exitCode: 1 };
    }
  }

  private requireEngine(): void {
    if (this.engine.isAway) throw new EngineRefusal(502, AWAY);
  }

  private async work(
    flags: Flags,
    options: RunOptions,
    { guise, isOpen }: OpenDoor,
  ): Promise<RunResult> {
    this.requireEngine();
    const project = new Project(this.engine, this.paths, flags, options, guise);
    const { model } = project;
    const services = flags.services.length > 0 ? flags.services : Object.keys(model.services);
    const step = async () => {
      await this.timeline.sleep(STEP_MS);
      if (!isOpen()) throw new EngineRefusal(502, 'Cannot connect to the Docker daemon');
      this.requireEngine();
    };
    if (flags.verb !== 'down') project.ensureNetworksAndVolumes();
    switch (flags.verb) {
      case 'build':
        for (const service of services) {
          await step();
          project.build(service);
        }
        return done();
      case 'up':
      case 'create': {
        const all = flags.has('--no-deps') ? services : project.withDependencies(services);
        const ready: Container[] = [];
        for (const service of all) {
          if (project.lacksImage(service)) {
            await step();
            project.build(service);
          }
          const isNamed = services.includes(service);
          const keeps = flags.has('--no-recreate');
          for (const act of project.converge(service, {
            keeps,
            isForced: isNamed && flags.has('--force-recreate'),
          })) {
            await step();
            act();
          }
          ready.push(...project.containers(service));
        }
        if (flags.verb === 'create') return done();
        for (const each of ready) {
          if (each.state === 'running') continue;
          await step();
          this.engine.start(each);
        }
        if (flags.has('--remove-orphans'))
          for (const orphan of project.orphans()) this.engine.remove(orphan, false);
        return done();
      }
      case 'start':
        for (const each of services.flatMap((service) => project.containers(service))) {
          await step();
          this.engine.start(each);
        }
        return done();
      case 'restart':
      case 'stop':
        for (const each of services.flatMap((service) => project.containers(service))) {
          await step();
          this.engine.stop(each);
          if (flags.verb === 'restart') this.engine.start(each);
        }
        return done();
      case 'down':
        for (const each of [
          ...services.flatMap((service) => project.containers(service)),
          ...(flags.has('--remove-orphans') ? project.orphans() : []),
        ]) {
          await step();
          this.engine.remove(each, false);
        }
        if (flags.services.length === 0) project.removeNetworks();
        return done();
      case 'run': {
        await step();
        if (!flags.has('--detach')) return done();
        const [service = ''] = flags.services;
        const container = project.oneOff(service, flags.value('--name') ?? '');
        this.engine.start(container);
        return done();
      }
      default:
        throw new Error(`The simulated Compose does not know \`${flags.verb}\``);
    }
  }
}

/** One call of Compose for a project. */
class Project {
  readonly model: Model;
  private readonly hashes: Map<string, string>;
  private readonly engine: SimulatedEngine;
  private readonly paths: Paths;
  private readonly flags: Flags;
  private readonly guise: Guise;

  constructor(
    engine: SimulatedEngine,
    paths: Paths,
    flags: Flags,
    options: RunOptions,
    guise: Guise,
  ) {
    this.engine = engine;
    this.paths = paths;
    this.flags = flags;
    this.guise = guise;
    const { DOCKER_HOST: _, ...env } = options.env ?? {};
    const ask = (...words: string[]) => {
      const { exitCode, stdout, stderr } = composeConfig(
        paths,
        [...flags.global, 'config', ...words],
        {
          ...options,
          env,
        },
      );
      if (exitCode !== 0) throw new EngineRefusal(400, stderr);
      return stdout;
    };
    this.model = JSON.parse(ask('--format', 'json').replaceAll('$$', () => '$'));
    const names = Object.keys(this.model.services);
    const lines = names.length > 0 ? ask('--hash', names.join()).trim().split('\n') : [];
    this.hashes = new Map(lines.map((line) => line.split(' ') as [string, string]));
  }

  ensureNetworksAndVolumes(): void {
    for (const [key, { name, internal }] of Object.entries(this.model.networks ?? {})) {
      if (this.engine.networks.has(name)) continue;
      const labels = {
        'com.docker.compose.project': this.model.name,
        'com.docker.compose.network': key,
      };
      this.engine.createNetwork(name, labels, internal === true);
    }
    for (const [key, { name }] of Object.entries(this.model.volumes ?? {})) {
      if (this.engine.volumes.has(name)) continue;
      this.engine.volumes.set(name, {
        'com.docker.compose.project': this.model.name,
        'com.docker.compose.volume': key,
      });
    }
  }

  lacksImage(service: string): boolean {
    const isBuilt = this.model.services[service]?.build !== undefined;
    return isBuilt && !this.engine.imageNamed(imageOf(this.model, service));
  }

  /** An image of what is in the folder: the file `program` there says what it does. */
  build(service: string): void {
    const { context } = this.model.services[service]?.build ?? {};
    if (context === undefined) return;
    const text = readFileSync(this.paths.real(`${context}/program`), 'utf8');
    this.engine.addImage(imageOf(this.model, service), JSON.parse(text), text);
  }

  /** Those on which nobody is any more. */
  removeNetworks(): void {
    const used = new Set(
      [...this.engine.containers.values()].flatMap(({ networks }) => [...networks.keys()]),
    );
    for (const { name } of Object.values(this.model.networks ?? {}))
      if (!used.has(name)) this.engine.networks.delete(name);
  }

  /** The containers of a service that this Compose sees, lowest number first. */
  containers(service: string): Container[] {
    return this.seen().flatMap(({ container, labels }) =>
      labels['com.docker.compose.service'] === service ? [container] : [],
    );
  }

  orphans(): Container[] {
    return this.seen().flatMap(({ container, labels }) =>
      (labels['com.docker.compose.service'] ?? '') in this.model.services ? [] : [container],
    );
  }

  private seen() {
    const found = [...this.engine.containers.values()].flatMap((container) => {
      const seen = this.guise.seen({ name: container.name, labels: container.labels });
      const labels = seen?.labels ?? {};
      const isOurs =
        labels['com.docker.compose.project'] === this.model.name &&
        labels['com.docker.compose.oneoff'] === 'False' &&
        'com.docker.compose.config-hash' in labels;
      return seen && isOurs ? [{ container, labels, name: seen.name }] : [];
    });
    const number = (labels: Readonly<Record<string, string>>) =>
      Number(labels['com.docker.compose.container-number']);
    return found.sort((left, right) => number(left.labels) - number(right.labels));
  }

  withDependencies(services: readonly string[]): string[] {
    const found: string[] = [];
    const visit = (service: string) => {
      if (found.includes(service)) return;
      for (const each of Object.keys(this.model.services[service]?.depends_on ?? {})) visit(each);
      found.push(service);
    };
    services.forEach(visit);
    return found;
  }

  /** What is to be done so that a service has its containers, none started yet; one step each. */
  converge(
    service: string,
    { keeps, isForced }: { keeps: boolean; isForced: boolean },
  ): (() => void)[] {
    const definition = this.model.services[service];
    if (!definition) throw new EngineRefusal(400, `no such service: ${service}`);
    const own = this.seen().filter(
      ({ labels }) => labels['com.docker.compose.service'] === service,
    );
    const wanted = this.flags.scale[service] ?? replicas(definition);
    const image = this.engine.imageNamed(imageOf(this.model, service))?.id;
    const isStale = (labels: Readonly<Record<string, string>>) =>
      isForced ||
      labels['com.docker.compose.config-hash'] !== this.hashes.get(service) ||
      labels['com.docker.compose.image'] !== image;
    // Those that are out of date go first, then the last.
    const surplus = own
      .toReversed()
      .sort((left, right) => Number(isStale(right.labels)) - Number(isStale(left.labels)))
      .slice(0, Math.max(0, own.length - wanted));
    const staying = own.filter((each) => !surplus.includes(each));
    const acts = surplus.map(
      ({ container }) =>
        () =>
          this.engine.remove(container, false),
    );
    for (const { container, labels, name } of staying) {
      if (keeps || !isStale(labels)) continue;
      acts.push(...this.recreate(service, container, name, labels));
    }
    const highest = Math.max(
      0,
      ...staying.map(({ labels }) => Number(labels['com.docker.compose.container-number'])),
    );
    for (let number = highest + 1; number <= highest + wanted - staying.length; number += 1) {
      const name = this.containerName(service, number);
      acts.push(() => void this.make(service, number, name));
    }
    return acts;
  }

  private containerName(service: string, number: number): string {
    const { container_name } = this.model.services[service] ?? {};
    return container_name ?? `${this.model.name}-${service}-${number}`;
  }

  private make(service: string, number: number, name: string): Container {
    const hash = this.hashes.get(service) ?? '';
    const alias = this.containerName(service, number);
    const request = requestFor(this.model, service, { number, hash, name, alias }, this.engine);
    const made = this.guise.made(request);
    const endpoints = made.body.NetworkingConfig?.EndpointsConfig ?? {};
    const joined = Object.entries(endpoints).map(([network, endpoint]) => [
      network,
      this.guise.joined(endpoint),
    ]);
    return make(this.engine, {
      name: made.name,
      body: { ...made.body, NetworkingConfig: { EndpointsConfig: Object.fromEntries(joined) } },
    });
  }

  /** Makes the new one beside the old one, then replaces that. */
  private recreate(
    service: string,
    old: Container,
    name: string,
    labels: Readonly<Record<string, string>>,
  ): (() => void)[] {
    const number = Number(labels['com.docker.compose.container-number']);
    let container: Container;
    return [
      () => {
        container = this.make(service, number, `${old.id.slice(0, 12)}_${name}`);
      },
      () => this.engine.stop(old),
      () => {
        this.engine.remove(old, false);
        const named = { name: container.name, labels: container.labels };
        container.name = this.guise.renamed(named, name);
      },
    ];
  }

  oneOff(service: string, name: string): Container {
    const hash = this.hashes.get(service) ?? '';
    const settings = { number: 1, hash, name, oneOff: true };
    return make(this.engine, requestFor(this.model, service, settings, this.engine));
  }
}

const VALUED = [
  '--ansi',
  '--progress',
  '--project-directory',
  '--project-name',
  '--file',
  '--env-file',
  '--profile',
];

function flagsOf(args: readonly string[]): Flags {
  // After `compose`.
  let at = 1;
  while (VALUED.includes(args[at] ?? '')) at += 2;
  const rest = args.slice(at + 1);
  const end = rest.indexOf('--');
  const flags = end < 0 ? rest.filter((each) => each.startsWith('-')) : rest.slice(0, end);
  const value = (flag: string) => rest[rest.indexOf(flag) + 1];
  const scale = rest.flatMap((each, index) =>
    each === '--scale' ? rest.slice(index + 1, index + 2) : [],
  );
  return {
    verb: args[at] ?? '',
    global: args.slice(0, at),
    services:
      end < 0
        ? rest.filter((each) => !each.startsWith('-') && !scale.includes(each))
        : rest.slice(end + 1),
    scale: Object.fromEntries(
      scale.map((each) => each.split('=')).map(([name = '', count]) => [name, Number(count)]),
    ),
    has: (flag) => flags.includes(flag),
    value: (flag) => (rest.includes(flag) ? value(flag) : undefined),
  };
}

function done(stdout = ''): RunResult {
  return { stdout, stderr: '', exitCode: 0 };
}
