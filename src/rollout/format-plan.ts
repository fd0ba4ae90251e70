import { shortCommit } from '../compose/model/names.ts';
import { formatWeight } from '../proxy/weight.ts';
import type { Plan, ReplicaCounts, StepAction } from './operation.ts';

/** A step in one sentence, the same in `plan`, in progress lines and in tests. */
export function describeStep(step: StepAction): string {
  switch (step.kind) {
    case 'start-stable':
      return `start ${list(step.services)}`;
    case 'take-ports':
      return `hand the port of ${list(step.services)} to the proxy`;
    case 'link-callers':
      return `make ${list(step.services)} anew with today's links to the proxy`;
    case 'unlink-callers':
      return `make ${list(step.services)} anew without links to the proxy`;
    case 'restart-callers':
      return `let ${list(step.services)} look up the proxy again`;
    case 'start-proxy':
      return 'start the proxy';
    case 'reload-proxy':
      return 'give the proxy its new configuration, without a gap';
    case 'set-weight':
      return step.weight === 0
        ? 'send users to the canary by rules alone'
        : `send ${formatWeight(step.weight)} of users to the canary`;
    case 'send-everyone':
      return `send every user to the ${step.to}`;
    case 'set-users':
      return `change the lists of users: ${step.added} added, ${step.removed} removed, ${step.moved} moved`;
    case 'drain':
      return `let open requests on the ${step.side} finish (${list(step.services)})`;
    case 'build':
      return `build ${list(step.services)} at ${shortCommit(step.commit)}`;
    case 'rehearse':
      return `boot the canary of ${list(step.services)} on a copy of ${list(step.databases)}`;
    case 'migrate':
      return `run the migration ${step.service} at ${shortCommit(step.commit)}`;
    case 'backup':
      return `keep the tables of ${list(step.databases)} that the canary changes`;
    case 'start-canary':
      return `start the canary of ${listCounted(step.services, step.counts)} at ${shortCommit(step.commit)}`;
    case 'grow-canary':
      return `start more of the canary: ${listCounted(step.services, step.counts)}`;
    case 'start-baseline':
      return `start a fresh stable of ${list(step.services)} beside the canary`;
    case 'arm-breaker':
      return `arm the breaker of ${list(step.services)} again`;
    case 'await-ready':
      return `wait until the ${step.side} of ${list(step.services)} is ready`;
    case 'check-canary':
      return `check the answers of the canary of ${list(step.services)}`;
    case 'replace-stable':
      return `replace the stable ${list(step.services)} by ${shortCommit(step.commit)}`;
    case 'restore-stable':
      return `put the stable ${list(step.services)} back to before ${shortCommit(step.commit)}`;
    case 'refresh-stable':
      return `restart the stable ${list(step.services)} with the new files`;
    case 'advance-branch':
      return `move branch ${step.branch} to ${shortCommit(step.commit)}`;
    case 'retire-canary':
      return `remove the canary of ${list(step.services)}`;
    case 'stop-proxy':
      return 'remove the proxy';
    case 'return-ports':
      return `give the port back to ${list(step.services)}`;
  }
}

/** So long may a step be that the causes still stand in one column. */
const WIDEST = 72;

/** A plan as numbered lines, each step with its cause; what `plan` prints and tests compare. */
export function formatPlan(plan: Plan): string {
  if (plan.length === 0) return 'Nothing to do.';
  // One long step does not push the causes of all others off the screen.
  const lengths = plan.map((step) => describeStep(step).length);
  const width = Math.max(0, ...lengths.filter((length) => length <= WIDEST));
  return plan
    .map((step, index) => {
      const number = String(index + 1).padStart(String(plan.length).length);
      return `${number}. ${describeStep(step).padEnd(width)}  (${step.cause})`;
    })
    .join('\n');
}

/** A service is named with its number where it is not what the definition says. */
function listCounted(names: readonly string[], counts: ReplicaCounts = {}): string {
  return list(names.map((name) => (counts[name] ? `${name} (${counts[name]})` : name)));
}

function list(names: readonly string[]): string {
  return names.join(', ');
}
