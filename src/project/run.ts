import type { Context } from '../context.ts';
import type { Agreement } from '../database/agreement.ts';
import type { ReleaseEvent } from '../rollout/events.ts';
import type { Release } from '../rollout/release.ts';
import type { CallOptions } from '../system/docker/compose.ts';
import type { Checkout } from './checkout/checkout.ts';
import type { Project } from './load.ts';

/** A command on one project. */
export interface Command {
  context: Context;
  project: Project;
  /** Aborts on an interrupt and when `abort` or `revert` asks this command to stop. */
  signal: AbortSignal;
}

/** What the steps of one command work with. */
export interface Run extends Command {
  /** The commit being released; absent where only containers are moved. */
  checkout: Checkout | undefined;
  release: Release | undefined;
  /** What a person let pass of the rehearsal; settled by the step itself when left out. */
  agreement?: Agreement | undefined;
}

/** Appends a fact to the release's journal, when there is a release, and shows it. */
export async function record(run: Run, event: ReleaseEvent): Promise<void> {
  if (run.release) await run.project.journals.append(run.release.id, event);
  run.context.emit(event);
}

/** How calls of Compose are stopped and shown. */
export function callOptions(run: Run): CallOptions {
  return { signal: run.signal, onLine: (line) => run.context.emit({ type: 'output', line }) };
}
