import { CanaryError } from '../../errors.ts';
import { byLabels } from '../services/edge.ts';
import { openButUnknown } from '../services/open-port.ts';
import { hazardsOf } from '../services/roles.ts';
import { findCandidates, type LeftOut } from './candidates.ts';
import { refuseUnlessChoosable } from './choosable.ts';
import { type Completed, callersAbove, completeChoice, reachedFrom } from './complete.ts';
import { type ChosenService, describeChoice } from './describe.ts';
import { type Stack, serviceOf, wayIn } from './stack.ts';

/** The services that get a canary, and what was found while choosing. */
export interface Choice {
  services: ChosenService[];
  /** Services that stay with the stable although one might expect them here. */
  left: LeftOut[];
  /** What the operator should know about the chosen services. */
  warnings: string[];
}

/**
 * The operator's choice with the services it needs; throws if one cannot be cloned or no user could
 * ever reach it.
 */
export function chooseNamed(stack: Stack, names: readonly string[]): Choice {
  for (const name of names) refuseUnlessChoosable(stack, name);
  const completed = completeChoice(stack, names);
  for (const { service } of completed.added) refuseUnlessChoosable(stack, service);
  const isReached = reachedFrom(stack, completed.names).size > 0;
  const [lost] = completed.unreached;
  if (lost !== undefined && !isReached) {
    refuseLabels(stack, lost);
    throw unreachable(stack, lost);
  }
  return choiceOf(stack, completed, []);
}

/** The likely choice without asking the operator; `undefined` if nothing is likely. */
export function chooseLikely(stack: Stack): Choice | undefined {
  const { likely, left } = findCandidates(stack);
  return likely && choiceOf(stack, likely, left);
}

function choiceOf(stack: Stack, { names, added }: Completed, left: LeftOut[]): Choice {
  return {
    services: describeChoice(stack, names, added),
    left,
    warnings: names.flatMap((name) => hazardsOf(stack.model, name)),
  };
}

/** A link cannot redirect a router that finds services by labels. Only this function reports it. */
function refuseLabels(stack: Stack, name: string): void {
  const found = [name, ...callersAbove(stack, name)]
    .map((service) => ({ service, way: wayIn(stack, service) }))
    .find(({ way }) => way?.kind === 'labels');
  if (found?.way?.kind !== 'labels') return;
  const { edges, by } = found.way;
  throw byLabels(edges.length > 0 ? edges : ['A router outside'], found.service, by);
}

function unreachable(stack: Stack, name: string): CanaryError {
  const open = openButUnknown(serviceOf(stack, name));
  return new CanaryError(
    'service-unreachable',
    `No user can reach \`${name}\`, as far as the compose file tells.`,
    {
      details: [
        open ? `its own ports: ${open}` : 'its own ports: it publishes none',
        'a proxy of the stack that sends requests to it: none',
        'services that name it in environment, command, links, configuration files or `depends_on`, and that users reach: none',
        'one service alone that users reach on its networks: none',
      ],
      hint: 'Publish a port of the service that users come to (`ports: ["8080:80"]`), or name that service too.',
    },
  );
}
