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
import { duration, holding, line, serviceName, switchable } from './values/values.ts';

const DAY_MS = 86_400_000;

/** A duration in Compose's notation; 0 is allowed. */
const limit = duration('is not a duration such as 30s or 1m30s', 0, Number.POSITIVE_INFINITY);

/** The git settings if canary.yaml has none. */
export const DEFAULT_BRANCHES = { stable: 'main', canary: 'canary', remote: 'deploy' };

const gitFields = {
  /** The branch production is built from. */
  stable: z.string().min(1).default(DEFAULT_BRANCHES.stable),
  /** The branch that canaries are built from, unless another is named. */
  canary: z.string().min(1).default(DEFAULT_BRANCHES.canary),
  /** The remote that `push` pushes to. */
  remote: z.string().min(1).default(DEFAULT_BRANCHES.remote),
};

/** canary.yaml as written; unknown keys are rejected, never ignored. */
export const configSchema = z.strictObject({
  version: z.literal(1, 'is not a version this program knows (1)'),
  services: z.record(serviceName, service),
  /** What services do, if canary guesses it wrong. */
  roles: roles.default({}),
  identity: identity.default([]),
  force: z
    .strictObject({ header: z.string().regex(/^[A-Za-z0-9_-]+$/, 'is not a header name') })
    .default({ header: 'X-Canary' }),
  /** Rules that choose a side whatever the weight. */
  match: match.default([]),
  /** How users are moved to the canary. */
  strategy: strategy.default({ kind: 'canary' }),
  /** The steps of `strategy: canary`; without steps the canary stays at the weight it is given. */
  steps: steps.default([]),
  /** How the canary is judged while it goes through its steps. */
  analysis: analysis.default(analysis.parse(true)),
  /**
   * What follows the last step of a canary that passed: it is promoted automatically, or by the
   * operator.
   */
  promote: z.enum(['auto', 'manual'], 'is not auto or manual').default('auto'),
  /** How long a canary keeps its users if no command acts on it. */
  maxAge: switchable(holding).default(7 * DAY_MS),
  /** How long a step may wait for enough evidence after its time is over. */
  progressDeadline: holding.default(30 * 60_000),
  /** The programs that are run and the addresses that are notified during a release. */
  hooks: hooks.prefault({}),
  /** Who is told what happens to a release; never part of it. */
  notify: notify.default([]),
  /** The databases that canary and stable share. */
  database: database.prefault({}),
  /**
   * Bind mounts by their path in the compose file: `shared` is data, the same for both sides;
   * `branch` is code, the canary has its own. By default what git tracks decides.
   */
  mounts: z.record(line(1000), z.enum(['shared', 'branch'], 'is not shared or branch')).default({}),
  /** What is taken from those who push. */
  receive: z
    .strictObject({
      /** How much of the machine a pushed canary branch gets: as much as the stable, or all. */
      trust: z.enum(['stable', 'full'], 'is not stable or full').default('stable'),
    })
    .default({ trust: 'stable' }),
  git: z.strictObject(gitFields).default(DEFAULT_BRANCHES),
  proxy: proxy.prefault({}),
  /** Whether the stable answers failed requests of the canary. */
  shield: shield.default(shield.parse(true)),
  /** Whether a failing canary is taken out of traffic. */
  breaker: breaker.default(breaker.parse(true)),
  /** How long open requests may take to finish before a container is stopped. */
  drain: limit.default(30_000),
  /** How long a started container may take to become ready. */
  startTimeout: limit.default(120_000),
  /** How many ended releases are kept, with the images to roll back to. */
  retention: z.number().int().min(1).default(10),
});

export type CanaryConfig = z.output<typeof configSchema>;
