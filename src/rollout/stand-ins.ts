import { containersOf, type Observed, type ObservedContainer } from './observed.ts';
import type { Draft, Situation } from './plan-draft.ts';

/** Operations after which plain Compose would take an earlier stand-in for changed. */
const OUTDATING = new Set([
  ...['start-stable', 'take-ports', 'link-callers'],
  ...['replace-stable', 'restore-stable', 'refresh-stable'],
]);

/** Plans a stand-in for each hidden service, so that plain Compose leaves the service alone. */
export function placeStandIns(draft: Draft, observed: Observed, { standIns }: Situation): void {
  const hidden = Object.keys(standIns);
  const outdated = draft.operations
    .filter(({ kind }) => OUTDATING.has(kind))
    .flatMap((operation) => ('services' in operation ? operation.services : []));
  const strays = hidden.filter((service) => containersOf(observed, 'stray', service).length > 0);
  const lacking = hidden.filter((service) => {
    const existing = containersOf(observed, 'stand-in', service);
    // One that was never started was being made when a command was killed.
    const isFit = ({ definition, state }: ObservedContainer) =>
      definition === standIns[service] && state !== 'created';
    return existing.length === 0 || !existing.every(isFit);
  });
  const services = hidden.filter((service) =>
    [outdated, strays, lacking].some((all) => all.includes(service)),
  );
  const cause =
    strays.length > 0
      ? 'plain `docker compose` tried to replace it'
      : 'plain `docker compose` must leave it alone';
  const replaced = draft.operations.find((operation) => operation.kind === 'replace-stable');
  draft.add({ kind: 'place-stand-ins', services, commit: replaced?.commit }, cause);
}

/** Before services run as plain Compose starts them. */
export function removeStandIns(draft: Draft, observed: Observed): void {
  const found = [...containersOf(observed, 'stand-in'), ...containersOf(observed, 'stray')];
  const services = [...new Set(found.map(({ service }) => service))];
  draft.add({ kind: 'remove-stand-ins', services }, 'plain `docker compose` takes over again');
}
