import { shortCommit } from '../compose/model/names.ts';
import { ownValue } from '../config/values/by-name.ts';
import type { PlanDocument } from '../documents/plan.ts';
import { formatWeight } from '../proxy/weight.ts';
import type { OperationAction, OperationOf, Plan, ReplicaCounts } from '../rollout/operation.ts';
import {
  describeImages,
  missingImages,
  type ReleasedImage,
  releaseTitle,
} from '../rollout/source.ts';
import { forecastText } from './forecast-view.ts';
import type { Theme } from './theme.ts';

const SENTENCES: {
  [Kind in OperationAction['kind']]: (operation: OperationOf<Kind>) => string;
} = {
  'start-stable': ({ services }) => `start ${list(services)}`,
  'take-ports': ({ services }) => `hand the port of ${list(services)} to the proxy`,
  'link-callers': ({ services }) => `recreate ${list(services)} with links to the proxy`,
  'unlink-callers': ({ services }) => `recreate ${list(services)} without links to the proxy`,
  'restart-callers': ({ services }) => `let ${list(services)} look up the proxy again`,
  'start-proxy': () => 'start the proxy',
  'place-stand-ins': ({ services }) => `hide ${list(services)} from plain docker compose`,
  'remove-stand-ins': ({ services }) => `show ${list(services)} to plain docker compose again`,
  'reload-proxy': () => 'give the proxy its new configuration, without a gap',
  'set-weight': ({ weight }) =>
    weight === 0
      ? 'send users to the canary by rules alone'
      : `send ${formatWeight(weight)} of users to the canary`,
  'send-everyone': ({ to }) => `send every user to the ${to}`,
  'set-users': ({ added, removed, moved }) =>
    `change the lists of users: ${added} added, ${removed} removed, ${moved} moved`,
  drain: ({ side, services }) => `let open requests on the ${side} finish (${list(services)})`,
  build: ({ services, commit }) => `build ${list(services)} at ${shortCommit(commit)}`,
  pull: ({ images }) => imagesGotten(images),
  rehearse: ({ services, databases }) =>
    `boot the canary of ${list(services)} on a copy of ${list(databases)}`,
  migrate: ({ service, commit }) => `run the migration ${service} at ${shortCommit(commit)}`,
  backup: ({ databases }) => `keep the tables of ${list(databases)} that the canary changes`,
  'start-canary': ({ services, counts, commit }) =>
    `start the canary of ${listCounted(services, counts)} at ${shortCommit(commit)}`,
  'grow-canary': ({ services, counts }) =>
    `start more of the canary: ${listCounted(services, counts)}`,
  'start-baseline': ({ services }) => `start a fresh stable of ${list(services)} beside the canary`,
  'arm-breaker': ({ services }) => `arm the breaker of ${list(services)} again`,
  'await-ready': ({ side, services }) => `wait until the ${side} of ${list(services)} is ready`,
  'check-canary': ({ services }) => `check the answers of the canary of ${list(services)}`,
  'replace-stable': ({ services, commit }) =>
    `replace the stable ${list(services)} by ${shortCommit(commit)}`,
  'restore-stable': ({ services, commit }) =>
    `put the stable ${list(services)} back to before ${shortCommit(commit)}`,
  'refresh-stable': ({ services }) => `restart the stable ${list(services)} with the new files`,
  'advance-branch': ({ branch, commit }) => `move branch ${branch} to ${shortCommit(commit)}`,
  'set-variables': ({ file, lines }) => `write ${list(lines)} to ${file}`,
  'retire-canary': ({ services }) => `remove the canary of ${list(services)}`,
  'stop-proxy': () => 'remove the proxy',
  'return-ports': ({ services }) => `give the port back to ${list(services)}`,
};

/** An operation in one sentence, the same in `plan`, in progress lines and in tests. */
export function describeOperation(operation: OperationAction): string {
  return (SENTENCES[operation.kind] as (operation: OperationAction) => string)(operation);
}

/** A plan with its steps and notes, as text. */
export function planText(
  { branch, commit, source, operations, steps, forecast, notes }: PlanDocument,
  theme: Theme,
): string {
  const title =
    branch === null || commit === null ? 'the proxy' : releaseTitle({ branch, commit, source });
  return [
    theme.bold(`Plan for ${title}`),
    formatPlan(operations),
    ...steps.map((text, index) => `step ${index + 1} of ${steps.length}: ${text}`),
    ...(forecast ? [forecastText(forecast, theme)] : []),
    ...notes.map((note) => theme.dim(`· ${note}`)),
  ].join('\n');
}

/** Longest operation text for which the causes are still aligned in one column. */
const WIDEST = 72;

/**
 * A plan as numbered lines, each operation with its cause; `plan` prints it, and tests compare it.
 */
export function formatPlan(plan: Plan): string {
  if (plan.length === 0) return 'Nothing to do.';
  // One long operation must not push the causes of all others off the screen.
  const lengths = plan.map((operation) => describeOperation(operation).length);
  const width = Math.max(0, ...lengths.filter((length) => length <= WIDEST));
  return plan
    .map((operation, index) => {
      const number = String(index + 1).padStart(String(plan.length).length);
      return `${number}. ${describeOperation(operation).padEnd(width)}  (${operation.cause})`;
    })
    .join('\n');
}

/** What is pulled, and what is on this engine already. */
function imagesGotten(images: readonly ReleasedImage[]): string {
  const changed = images.filter(({ isSame }) => !isSame);
  if (changed.length === 0)
    return `keep the images of ${list(images.map(({ service }) => service))}`;
  const names = (which: readonly ReleasedImage[]) =>
    describeImages({ images: which, variables: {} });
  const missing = missingImages(changed);
  const present = changed.filter((each) => !missing.includes(each));
  return [
    ...(missing.length > 0 ? [`pull ${names(missing)}`] : []),
    ...(present.length > 0 ? [`take ${names(present)} from this engine`] : []),
  ].join(', ');
}

/** Adds the number of containers to a service if it differs from its definition. */
function listCounted(names: readonly string[], counts: ReplicaCounts = {}): string {
  return list(
    names.map((name) => {
      const count = ownValue(counts, name);
      return count ? `${name} (${count})` : name;
    }),
  );
}

function list(names: readonly string[]): string {
  return names.join(', ');
}
