import { CanaryError } from '../../errors.ts';
import { byWeight, OFF, sameSplit } from '../../proxy/weight-map.ts';
import { brokenSince } from '../../rollout/health.ts';
import type { Observed } from '../../rollout/observed.ts';
import type { Release } from '../../rollout/release.ts';
import { observe } from '../execution/observe.ts';
import type { Run } from '../execution/run.ts';
import { breakerTripped } from '../execution/steps/breaker.ts';
import { applySplit } from '../execution/traffic.ts';

const LOOK_EVERY_MS = 1000;

/**
 * Waits while the canary has its users, looking every second whether it still is what it was: throws when the breaker
 * takes it out, one of its containers breaks, or somebody moves its users. Looks at least once.
 */
export async function watchUntil(
  run: Run & { release: Release },
  inForce: Observed,
  until: Date,
): Promise<void> {
  const { clock } = run.context;
  let lastSeen = clock.now().getTime();
  for (;;) {
    run.signal.throwIfAborted();
    const observed = await observe(run.context, run.project);
    const isSeen = observed.proxy.state === 'running';
    if (isSeen) {
      lastSeen = clock.now().getTime();
      await refuseChange(run, inForce, observed);
    } else if (clock.now().getTime() - lastSeen > run.project.config.startTimeout) {
      throw proxyGone(observed);
    }
    const left = until.getTime() - clock.now().getTime();
    if (left <= 0 && isSeen) return;
    await clock.sleep(isSeen ? Math.min(left, LOOK_EVERY_MS) : LOOK_EVERY_MS, run.signal);
  }
}

async function refuseChange(
  { context, project, release }: Run & { release: Release },
  inForce: Observed,
  { proxy, containers }: Observed,
): Promise<void> {
  const broken = brokenSince(inForce, { proxy, containers }, release);
  if (broken) {
    // Before its words are asked for, which takes longer.
    await applySplit(project, OFF);
    const { container, problem } = broken;
    const isThere = containers.some(({ id }) => id === container.id);
    throw new CanaryError('not-ready', `Container ${container.name} ${problem}.`, {
      details: isThere ? await context.engine.logs(container.id, 12) : [],
      hint: 'No user is on the canary. The lines above are the last it wrote.',
    });
  }
  // A container that died also trips the breaker, but says less by it.
  if (proxy.tripped.length > 0) throw breakerTripped(proxy.tripped);
  if (sameSplit(proxy, byWeight(inForce.proxy.weight))) return;
  throw new CanaryError('stopped', 'The users of the canary were moved by somebody else.', {
    hint: '`canary status` says where it stands.',
  });
}

function proxyGone({ proxy }: Observed): CanaryError {
  return new CanaryError('proxy-unreachable', `The proxy is ${proxy.state}.`, {
    hint: 'Run `canary up`, then `canary resume`.',
  });
}
