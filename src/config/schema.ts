import { z } from 'zod';
import { analysis } from './sections/analysis.ts';
import { database } from './sections/database.ts';
import { roles } from './sections/guesses.ts';
import { identity } from './sections/identity.ts';
import { match } from './sections/match.ts';
import { notify } from './sections/notify.ts';
import { hooks } from './sections/outside.ts';
import { breaker, shield } from './sections/protection.ts';
import { proxy } from './sections/proxy.ts';
import { service } from './sections/service.ts';
import { steps, strategy } from './sections/strategy.ts';
import { duration, holding, line, orNone, serviceName } from './values/values.ts';

/** A duration in Compose's notation; 0 is allowed. */
const limit = duration('is not a duration such as 30s or 1m30s', 0, Number.POSITIVE_INFINITY);

/** The git settings if canary.yaml has none. */
export const DEFAULT_BRANCHES = { stable: 'main', canary: 'canary', remote: 'deploy' };

const gitFields = {
  stable: z
    .string()
    .min(1)
    .default(DEFAULT_BRANCHES.stable)
    .describe('The branch production is built from.'),
  canary: z
    .string()
    .min(1)
    .default(DEFAULT_BRANCHES.canary)
    .describe('The branch that canaries are built from, unless another is named.'),
  remote: z
    .string()
    .min(1)
    .default(DEFAULT_BRANCHES.remote)
    .describe('The remote that `push` pushes to.'),
};

/** canary.yaml as written; unknown keys are rejected, never ignored. */
export const configSchema = z.strictObject({
  version: z
    .literal(1, 'is not a version this program knows (1)')
    .describe('The version of this file’s format.'),
  services: z
    .record(serviceName, service)
    .describe('The services that get a canary, by their name in the compose file.'),
  roles: roles.default({}).describe('What services do, if canary guesses it wrong.'),
  identity: identity
    .prefault([])
    .describe(
      'Who a user is: the first of these places that a request has, else canary’s own cookie.',
    ),
  force: z
    .strictObject({
      header: z
        .string()
        .regex(/^[A-Za-z0-9_-]+$/, 'is not a header name')
        .describe('The name of the header.'),
    })
    .default({ header: 'X-Canary' })
    .describe(
      'A request with this header set to `canary` or `stable` goes to that side, whatever weight and rules say.',
    ),
  match: match.prefault([]).describe('Rules that choose a side whatever the weight.'),
  strategy: strategy.prefault('canary').describe('How users are moved to the canary.'),
  steps: steps
    .prefault([])
    .describe(
      'The steps of `strategy: canary`; without steps the canary stays at the weight it is given.',
    ),
  analysis: analysis
    .prefault(true)
    .describe('How the canary is judged while it goes through its steps.'),
  promote: z
    .enum(['auto', 'manual'], 'is not auto or manual')
    .default('auto')
    .describe(
      'What follows the last step of a canary that passed: it is promoted automatically, or by the operator.',
    ),
  maxAge: orNone(holding)
    .prefault('7d')
    .describe('How long a canary keeps its users if no command acts on it.'),
  progressDeadline: holding
    .prefault('30m')
    .describe('How long a step may wait for enough evidence after its time is over.'),
  hooks: hooks
    .prefault({})
    .describe('The programs that are run and the addresses that are notified during a release.'),
  notify: notify.prefault([]).describe('Who is told what happens to a release; never part of it.'),
  database: database.prefault({}).describe('The databases that canary and stable share.'),
  mounts: z
    .record(line(1000), z.enum(['shared', 'branch'], 'is not shared or branch'))
    .default({})
    .describe(
      'Bind mounts by their path in the compose file: `shared` is data, the same for both sides; `branch` is code, the canary has its own. By default what git tracks decides.',
    ),
  receive: z
    .strictObject({
      trust: z
        .enum(['stable', 'full'], 'is not stable or full')
        .default('stable')
        .describe(
          'How much of the machine a pushed canary branch gets: as much as the stable, or all.',
        ),
    })
    .default({ trust: 'stable' })
    .describe('What is taken from those who push.'),
  git: z.strictObject(gitFields).default(DEFAULT_BRANCHES).describe('Branches and remote.'),
  proxy: proxy
    .prefault({})
    .describe('The container of the proxy, and what it accepts from clients and services.'),
  shield: shield
    .prefault(true)
    .describe('Whether the stable answers failed requests of the canary.'),
  breaker: breaker.prefault(true).describe('Whether a failing canary is taken out of traffic.'),
  drain: limit
    .prefault('30s')
    .describe('How long open requests may take to finish before a container is stopped.'),
  startTimeout: limit
    .prefault('2m')
    .describe('How long a started container may take to become ready.'),
  retention: z
    .number()
    .int()
    .min(1)
    .default(10)
    .describe('How many ended releases are kept, with the images to roll back to.'),
});

export type CanaryConfig = z.output<typeof configSchema>;
