/** A push to a deploy repository. */
export interface Push {
  updates: readonly RefUpdate[];
  options: readonly string[];
  /** The push is applied completely or not at all. */
  atomic: boolean;
}

/** An update of a ref; `undefined` if the ref does not exist before or after it. */
export interface RefUpdate {
  ref: string;
  from: string | undefined;
  to: string | undefined;
}

/** What to do with one ref of a push. */
export type Route = { update: RefUpdate; branch: string } & (
  | { action: 'replace-stable' | 'deploy-canary' | 'retire-canary' }
  /** Left to git, which keeps or removes the ref as in any repository. */
  | { action: 'leave'; note: string | undefined }
  | { action: 'refuse'; reason: string }
);

export interface Branches {
  stable: string;
  canary: string;
  /** The branch of the running canary. */
  running: string | undefined;
}

export interface PushOptions {
  /** Deploy the pushed branch, whatever its name. */
  canary: boolean;
  weight: string | undefined;
}

/** Reads `git push -o` options; returns an unknown option instead if there is one. */
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
 * Decides what a push does, ref by ref; the stable comes first. Only one canary runs at a time, so
 * a push that would deploy two is rejected for the second.
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
  if (ref.startsWith('refs/replace/')) {
    return refuse(route, 'git would read another commit in place of the one that is deployed');
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

/**
 * The stable comes before a canary that is compared with it; refs that are only stored come last.
 */
function order({ action }: Route): number {
  return ['replace-stable', 'retire-canary', 'deploy-canary', 'leave', 'refuse'].indexOf(action);
}
