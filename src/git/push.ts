/** What somebody pushes to a deploy repository. */
export interface Push {
  updates: readonly RefUpdate[];
  options: readonly string[];
  /** All of it or nothing. */
  atomic: boolean;
}

/** A ref that is to move; `undefined` where it does not exist before or after. */
export interface RefUpdate {
  ref: string;
  from: string | undefined;
  to: string | undefined;
}

/** What to do with one ref of a push. */
export type Route = { update: RefUpdate; branch: string } & (
  | { action: 'replace-stable' | 'deploy-canary' | 'retire-canary' }
  /** Left to git: kept or removed as in any repository. */
  | { action: 'leave'; note: string | undefined }
  | { action: 'refuse'; reason: string }
);

export interface Branches {
  stable: string;
  canary: string;
  /** The branch of the canary that runs now. */
  running: string | undefined;
}

export interface PushOptions {
  /** Deploy the branch that is pushed, whatever its name. */
  canary: boolean;
  weight: string | undefined;
}

/** Reads `git push -o` options; returns the one that is not known instead. */
export function readPushOptions(options: readonly string[]): PushOptions | { unknown: string } {
  const known: PushOptions = { canary: false, weight: undefined };
  for (const option of options) {
    if (option === 'canary') known.canary = true;
    else if (/^weight=./.test(option)) known.weight = option.slice('weight='.length);
    else return { unknown: option };
  }
  return known;
}

/**
 * Decides what a push does, ref by ref; the stable comes first. One canary runs at a time, so a push that
 * deploys two is refused for the second.
 */
export function routePush(push: Push, branches: Branches): Route[] {
  const options = readPushOptions(push.options);
  if ('unknown' in options) {
    return refuseAll(
      push,
      `push option ${options.unknown} is not known; there are: canary, weight=PERCENT`,
    );
  }
  const routes = push.updates.map((update) => routeOne(update, branches, options));
  const canaries = routes.filter((route) => route.action === 'deploy-canary');
  const chosen = canaries.find(({ branch }) => branch === branches.canary) ?? canaries[0];
  const single = routes.map((route) =>
    route.action === 'deploy-canary' && route !== chosen
      ? refuse(route, 'one canary runs at a time; push this branch alone')
      : route,
  );
  const deploys = single.filter(({ action }) => action !== 'leave' && action !== 'refuse');
  if (push.atomic && (deploys.length > 1 || single.some(({ action }) => action === 'refuse'))) {
    return refuseAll(push, 'deployments cannot be undone together; push the branches one by one');
  }
  return single.sort((left, right) => order(left) - order(right));
}

function routeOne(update: RefUpdate, branches: Branches, options: PushOptions): Route {
  const { ref, to } = update;
  const branch = ref.replace(/^refs\/heads\//, '');
  const route = { update, branch };
  if (ref.startsWith('refs/canary/') && !to) {
    return refuse(route, 'a push cannot delete the record of a release');
  }
  if (!ref.startsWith('refs/heads/')) {
    const note = ref.startsWith('refs/tags/') ? 'a tag: kept, nothing is deployed' : undefined;
    return { ...route, action: 'leave', note };
  }
  if (branch === branches.stable) {
    return to
      ? { ...route, action: 'replace-stable' }
      : refuse(route, 'the stable branch cannot be deleted: production is built from it');
  }
  if (!to) {
    return branch === branches.canary || branch === branches.running
      ? { ...route, action: 'retire-canary' }
      : { ...route, action: 'leave', note: undefined };
  }
  const isCanary =
    branch === branches.canary ||
    branch === branches.running ||
    options.canary ||
    options.weight !== undefined;
  if (isCanary) return { ...route, action: 'deploy-canary' };
  const note = `kept, not deployed; \`${branches.stable}\` and \`${branches.canary}\` are, or any branch with \`git push -o canary\``;
  return { ...route, action: 'leave', note };
}

function refuse({ update, branch }: Pick<Route, 'update' | 'branch'>, reason: string): Route {
  return { update, branch, action: 'refuse', reason };
}

function refuseAll({ updates }: Push, reason: string): Route[] {
  return updates.map((update) => refuse({ update, branch: update.ref }, reason));
}

/** The stable before a canary that is measured against it; what only git keeps comes last. */
function order({ action }: Route): number {
  return ['replace-stable', 'retire-canary', 'deploy-canary', 'leave', 'refuse'].indexOf(action);
}
