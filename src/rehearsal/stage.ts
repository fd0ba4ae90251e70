import { rehearsalName, rehearsalProject } from '../compose/model/names.ts';
import { type Participants, renderRehearsal } from '../compose/render/rehearsal.ts';
import type { Context } from '../context.ts';
import { CanaryError } from '../errors.ts';
import { ensureState } from '../project/layout.ts';
import type { Project } from '../project/load.ts';
import { callOptions, type Run } from '../project/run.ts';
import type { ObservedContainer } from '../rollout/observed.ts';
import { rm } from '../system/disk.ts';
import type { ComposeScope } from '../system/docker/compose.ts';
import { writeDurably } from '../system/files.ts';

/** Does `work` in a throw-away project and always removes all of it afterwards; first what an earlier one left. */
export async function onStage<T>(
  run: Run,
  participants: Participants,
  work: (stage: Stage) => Promise<T>,
): Promise<T> {
  const { context, project } = run;
  await ensureState(project.layout);
  await strike(context, project);
  await writeDurably(project.layout.rehearsal, renderRehearsal(participants, project.model));
  try {
    return await work(new Stage(run));
  } finally {
    await strike(context, project);
  }
}

/** The throw-away compose project of a rehearsal. */
export class Stage {
  readonly name: string;
  /** The run that it is for. */
  readonly run: Run;
  private readonly addresses = new Map<string, readonly string[]>();

  constructor(run: Run) {
    this.run = run;
    this.name = rehearsalProject(run.project.name);
  }

  /** Creates containers without starting them. */
  create(services: readonly string[]): Promise<void> {
    return this.run.context.compose.create(this.scope, services, callOptions(this.run));
  }

  start(services: readonly string[]): Promise<void> {
    return this.run.context.compose.startCreated(this.scope, services, callOptions(this.run));
  }

  /** With the addresses that those had which have ended. */
  async containers(): Promise<ObservedContainer[]> {
    const found = await this.run.context.engine.containers(this.name);
    for (const { id, addresses } of found)
      if (addresses.length > 0) this.addresses.set(id, addresses);
    return found.map((each) => ({
      ...each,
      addresses: this.addresses.get(each.id) ?? each.addresses,
    }));
  }

  /** The containers of services of the stage, with one look at the engine. */
  async containersOf(services: readonly string[]): Promise<ObservedContainer[]> {
    const containers = await this.containers();
    return services.map((service) => {
      const found = containers.find(({ name }) => name.startsWith(`${this.name}-${service}-`));
      if (found) return found;
      const text = `The rehearsal has no container of \`${service}\`.`;
      throw new CanaryError('rehearsal-failed', text);
    });
  }

  /** The id of the container of a participant. */
  async idOf(service: string): Promise<string> {
    const [found] = await this.containersOf([rehearsalName(service)]);
    return found?.id ?? '';
  }

  private get scope(): ComposeScope {
    const { scope, files, layout } = this.run.project;
    const own = [...files, layout.rehearsal];
    return { ...scope, projectName: this.name, files: own, guise: undefined };
  }
}

/** The names of participants on their stage. */
export function stageNames(participants: readonly { service: string }[]): string[] {
  return participants.map(({ service }) => rehearsalName(service));
}

/** Removes everything of a rehearsal of this project, if there is one. Safe to repeat. */
export async function strike(
  { engine }: Context,
  { name, layout }: Pick<Project, 'name' | 'layout'>,
): Promise<void> {
  await engine.dispose(rehearsalProject(name));
  await rm(layout.rehearsal, { force: true });
}
