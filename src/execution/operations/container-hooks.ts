import { messageOf } from '../../errors.ts';
import type { Run } from '../../project/run.ts';
import { type ObservedContainer, runningOf } from '../../rollout/observed.ts';
import { deadline } from '../../system/clock.ts';
import { observe } from '../observe.ts';

/** Compose waits for a hook for ever; a way out must not. */
const HOOK_TIMEOUT_MS = 60_000;

type Hooked = Pick<ObservedContainer, 'id' | 'service'>;

/** Starts a container as Compose does: its `post_start` hooks follow. Throws `port-taken`. */
export async function startContainer(run: Run, container: Hooked): Promise<void> {
  await run.context.engine.startContainer(container.id);
  await runHooks(run, container, 'post_start');
}

/** Stops a container as Compose does: by its `pre_stop` hooks, then by its own signal and grace period. */
export async function stopContainer(run: Run, container: Hooked): Promise<void> {
  await runHooks(run, container, 'pre_stop');
  await run.context.engine.stopContainer(container.id);
}

/** Stops a container as Compose does, and removes it. */
export async function removeContainer(run: Run, container: Hooked): Promise<void> {
  await runHooks(run, container, 'pre_stop');
  await run.context.engine.removeContainer(container.id);
}

/**
 * Runs the `pre_stop` hooks of a service's containers before Compose makes them anew: Compose 2.40 does not. Those that
 * it left as they are have their `post_start` hooks again.
 */
export async function recreating(
  run: Run,
  services: readonly string[],
  recreate: () => Promise<void>,
): Promise<void> {
  const hooked = services.filter((service) => run.project.model.services[service]?.pre_stop);
  const runningNow = async () => {
    const observed = await observe(run);
    return hooked.flatMap((service) => runningOf(observed, service));
  };
  const running = hooked.length > 0 ? await runningNow() : [];
  await Promise.all(running.map((each) => runHooks(run, each, 'pre_stop')));
  try {
    await recreate();
  } finally {
    const now = running.length > 0 ? await runningNow() : [];
    const kept = now.filter(({ id }) => running.some((before) => before.id === id));
    await Promise.all(kept.map((each) => runHooks(run, each, 'post_start')));
  }
}

/**
 * Runs the hooks that the compose file of the stable gives a service, for the engine does not know them. One that fails
 * is told, no more: what canary does then must not stop half way.
 */
export async function runHooks(
  run: Run,
  { id, service }: Hooked,
  moment: 'pre_stop' | 'post_start',
): Promise<void> {
  const { context, project } = run;
  for (const hook of project.model.services[service]?.[moment] ?? []) {
    const { signal, end } = deadline(context.clock, HOOK_TIMEOUT_MS);
    const failure = await context.engine
      .runHook(id, hook, signal)
      .then((code) => (code ? `it ended with exit code ${code}` : undefined))
      .catch((error: unknown) =>
        signal.aborted ? `it did not end in ${HOOK_TIMEOUT_MS / 1000} s` : messageOf(error),
      )
      .finally(end);
    if (failure === undefined) continue;
    const text = `A \`${moment}\` hook of \`${service}\` failed: ${failure}.`;
    context.emit({ type: 'warning', text });
    return;
  }
}
