import { rm } from 'node:fs/promises';
import type { ComposeService } from '../compose/model/model.ts';
import { rehearsalProject } from '../compose/model/names.ts';
import { type Participants, renderRehearsal } from '../compose/render/rehearsal.ts';
import type { Context } from '../context.ts';
import { CanaryError } from '../errors.ts';
import { ensureState } from '../project/layout.ts';
import type { Project } from '../project/load.ts';
import type { ObservedContainer } from '../rollout/observed.ts';
import type { CallOptions, ComposeScope } from '../system/docker/compose.ts';
import { writeDurably } from '../system/files.ts';
import type { RehearsalRun } from './rehearsal-run.ts';
import type { Place } from './server.ts';

type StageRun = Pick<RehearsalRun, 'context' | 'project' | 'signal'>;

/** The throw-away compose project of a rehearsal. */
export class Stage {
  readonly name: string;
  private readonly run: StageRun;

  private constructor(run: StageRun) {
    this.run = run;
    this.name = rehearsalProject(run.project.name);
  }

  /** Does `work` in such a project and removes all of it afterwards, whatever happened; also what an earlier one left. */
  static async with<T>(
    run: StageRun,
    participants: Participants,
    work: (stage: Stage) => Promise<T>,
  ): Promise<T> {
    const { context, project } = run;
    await ensureState(project.layout);
    await strike(context, project);
    await writeDurably(
      project.layout.rehearsal,
      renderRehearsal(participants, project.model),
      0o600,
    );
    try {
      return await work(new Stage(run));
    } finally {
      await strike(context, project);
    }
  }

  /** Makes containers without starting them. */
  create(services: readonly string[]): Promise<void> {
    return this.run.context.compose.create(this.scope, services, this.options);
  }

  start(services: readonly string[]): Promise<void> {
    return this.run.context.compose.startCreated(this.scope, services, this.options);
  }

  containers(): Promise<ObservedContainer[]> {
    return this.run.context.engine.containers(this.name);
  }

  /** The containers of services of the stage, by one look at the engine. */
  async containersOf(services: readonly string[]): Promise<ObservedContainer[]> {
    const containers = await this.containers();
    return services.map((service) => {
      const found = containers.find(({ name }) => name.startsWith(`${this.name}-${service}-`));
      if (found) return found;
      throw new CanaryError(
        'rehearsal-failed',
        `The rehearsal has no container of \`${service}\`.`,
      );
    });
  }

  /** The container of one of them. */
  async container(service: string): Promise<ObservedContainer> {
    const [found] = await this.containersOf([service]);
    return found as ObservedContainer;
  }

  placeOf({ id }: ObservedContainer, definition: ComposeService): Place {
    const { context, signal } = this.run;
    return { streams: context.streams, container: id, definition, signal };
  }

  private get scope(): ComposeScope {
    const { project } = this.run;
    return {
      ...project.scope,
      projectName: this.name,
      files: [...project.files, project.layout.rehearsal],
    };
  }

  private get options(): CallOptions {
    const { context, signal } = this.run;
    return { signal, onLine: (line) => context.emit({ type: 'output', line }) };
  }
}

/** Removes all that a rehearsal of this project has, if there is any. Safe to repeat. */
export async function strike(
  { engine }: Context,
  { name, layout }: Pick<Project, 'name' | 'layout'>,
): Promise<void> {
  await engine.dispose(rehearsalProject(name));
  await rm(layout.rehearsal, { force: true });
}
