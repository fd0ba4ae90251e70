import { shortCommit } from '../compose/model/names.ts';
import { formatWeight } from '../proxy/weight.ts';
import type { OperationAction, Plan, ReplicaCounts } from './operation.ts';

/** An operation in one sentence, the same in `plan`, in progress lines and in tests. */
export function describeOperation(operation: OperationAction): string {
  switch (operation.kind) {
    case 'start-stable':
      return `start ${list(operation.services)}`;
    case 'take-ports':
      return `hand the port of ${list(operation.services)} to the proxy`;
    case 'link-callers':
      return `make ${list(operation.services)} anew with today's links to the proxy`;
    case 'unlink-callers':
      return `make ${list(operation.services)} anew without links to the proxy`;
    case 'restart-callers':
      return `let ${list(operation.services)} look up the proxy again`;
    case 'start-proxy':
      return 'start the proxy';
    case 'reload-proxy':
      return 'give the proxy its new configuration, without a gap';
    case 'set-weight':
      return operation.weight === 0
        ? 'send users to the canary by rules alone'
        : `send ${formatWeight(operation.weight)} of users to the canary`;
    case 'send-everyone':
      return `send every user to the ${operation.to}`;
    case 'set-users':
      return `change the lists of users: ${operation.added} added, ${operation.removed} removed, ${operation.moved} moved`;
    case 'drain':
      return `let open requests on the ${operation.side} finish (${list(operation.services)})`;
    case 'build':
      return `build ${list(operation.services)} at ${shortCommit(operation.commit)}`;
    case 'rehearse':
      return `boot the canary of ${list(operation.services)} on a copy of ${list(operation.databases)}`;
    case 'migrate':
      return `run the migration ${operation.service} at ${shortCommit(operation.commit)}`;
    case 'backup':
      return `keep the tables of ${list(operation.databases)} that the canary changes`;
    case 'start-canary':
      return `start the canary of ${listCounted(operation.services, operation.counts)} at ${shortCommit(operation.commit)}`;
    case 'grow-canary':
      return `start more of the canary: ${listCounted(operation.services, operation.counts)}`;
    case 'start-baseline':
      return `start a fresh stable of ${list(operation.services)} beside the canary`;
    case 'arm-breaker':
      return `arm the breaker of ${list(operation.services)} again`;
    case 'await-ready':
      return `wait until the ${operation.side} of ${list(operation.services)} is ready`;
    case 'check-canary':
      return `check the answers of the canary of ${list(operation.services)}`;
    case 'replace-stable':
      return `replace the stable ${list(operation.services)} by ${shortCommit(operation.commit)}`;
    case 'restore-stable':
      return `put the stable ${list(operation.services)} back to before ${shortCommit(operation.commit)}`;
    case 'refresh-stable':
      return `restart the stable ${list(operation.services)} with the new files`;
    case 'advance-branch':
      return `move branch ${operation.branch} to ${shortCommit(operation.commit)}`;
    case 'retire-canary':
      return `remove the canary of ${list(operation.services)}`;
    case 'stop-proxy':
      return 'remove the proxy';
    case 'return-ports':
      return `give the port back to ${list(operation.services)}`;
  }
}

/** So long may an operation be that the causes still stand in one column. */
const WIDEST = 72;

/** A plan as numbered lines, each operation with its cause; what `plan` prints and tests compare. */
export function formatPlan(plan: Plan): string {
  if (plan.length === 0) return 'Nothing to do.';
  // One long operation does not push the causes of all others off the screen.
  const lengths = plan.map((operation) => describeOperation(operation).length);
  const width = Math.max(0, ...lengths.filter((length) => length <= WIDEST));
  return plan
    .map((operation, index) => {
      const number = String(index + 1).padStart(String(plan.length).length);
      return `${number}. ${describeOperation(operation).padEnd(width)}  (${operation.cause})`;
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
