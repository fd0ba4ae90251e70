import { CanaryError } from '../errors.ts';
import type { Project } from '../project/load.ts';
import { clonesOf, containersOf, type Observed } from '../rollout/observed.ts';
import type { Release } from '../rollout/release.ts';
import { releaseTitle } from '../rollout/source.ts';

/** Deploys and traffic commands never touch the stable, so the proxy must be in front of it already. */
export function requireProxy(project: Project, observed: Observed): void {
  requireRunningProxy(project, observed);
  if (observed.proxy.configuration !== project.proxy.digest) {
    throw new CanaryError(
      'proxy-not-up',
      'The proxy runs with an earlier canary.yaml or certificate.',
      {
        hint: 'Run `canary up` to bring it up to date.',
      },
    );
  }
}

/** Taking users off needs a proxy that listens, whatever its configuration. */
export function requireRunningProxy(project: Project, observed: Observed): void {
  if (observed.proxy.state !== 'running') {
    throw new CanaryError(
      'proxy-not-up',
      `The proxy of \`${project.name}\` is ${observed.proxy.state}.`,
      {
        hint:
          observed.proxy.state === 'unreachable'
            ? 'Run `canary up`, which recreates it; or `canary abort`, which removes the canary without it.'
            : 'Run `canary up`: it puts the proxy in front of your services.',
      },
    );
  }
}

/** The release whose own canary runs and serves its users; anything else must not become the stable. */
export function requireCanary(release: Release | undefined, observed: Observed): Release {
  const found = requireRunning(release, observed);
  const { tripped } = observed.proxy;
  if (tripped.length === 0 || found.replacing) return found;
  throw new CanaryError('no-canary', `The breaker took the canary of ${tripped.join(', ')} out.`, {
    hint: 'Run `canary resume` to give it its users back, or `canary revert`.',
  });
}

/** The release whose own canary runs completely, whether or not the breaker keeps users away from it. */
export function requireRunning(release: Release | undefined, observed: Observed): Release {
  if (!release) {
    if (clonesOf(observed).length > 0) throw unrecorded();
    throw new CanaryError('no-canary', 'No canary is running.', {
      hint: 'Start one with `canary deploy --branch BRANCH`, or `canary deploy --tag TAG` for an image that was built elsewhere.',
    });
  }
  if (isRunning(release, observed)) return release;
  throw new CanaryError(
    'no-canary',
    `The canary of ${releaseTitle(release)} does not run (${release.reason}).`,
    {
      hint: 'Deploy it again, or run `canary abort`.',
    },
  );
}

/** The error for a canary that runs although no journal tells of it: that was lost. */
export function unrecorded(): CanaryError {
  return new CanaryError('no-canary', 'A canary runs of which no release is recorded.', {
    hint: '`canary abort` sends every user to the stable and removes it.',
  });
}

/** Whether its own canary runs completely, or it is becoming the stable. */
function isRunning(release: Release, observed: Observed): boolean {
  return release.replacing !== undefined || canaryRuns(release, observed);
}

/** Whether every service of a release has a running container of exactly that commit. */
export function canaryRuns(release: Release, observed: Observed): boolean {
  return release.services.every((service) =>
    containersOf(observed, 'canary', service).some(
      (each) => each.commit === release.commit && each.state === 'running',
    ),
  );
}

/** While a promotion has not ended, only `promote` and the ways back may continue. */
export function refuseDuringPromotion(release: Release): void {
  if (!release.replacing) return;
  throw new CanaryError(
    'promotion-failed',
    `The promotion of release ${release.id} did not finish.`,
    {
      hint: 'Run `canary promote` to finish it, or `canary abort` to put the stable back.',
    },
  );
}
