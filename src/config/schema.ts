import { z } from 'zod';
import { analysis } from './analysis.ts';
import { database } from './database.ts';
import { identity } from './identity.ts';
import { match } from './match.ts';
import { hooks } from './outside.ts';
import { breaker, shield } from './protection.ts';
import { service } from './service.ts';
import { steps, strategy } from './strategy.ts';
import { duration, holding, port, serviceName, switchable } from './values.ts';

const DAY_MS = 86_400_000;

/** As Compose has them, or none at all. */
const limit = duration('is not a duration such as 30s or 1m30s', 0, Number.POSITIVE_INFINITY);

/** What git is asked for where canary.yaml says nothing. */
export const DEFAULT_BRANCHES = { stable: 'main', canary: 'canary', remote: 'deploy' };

const gitFields = {
  /** The branch production is built from. */
  stable: z.string().min(1).default(DEFAULT_BRANCHES.stable),
  /** The branch that canaries are built from, where no other is named. */
  canary: z.string().min(1).default(DEFAULT_BRANCHES.canary),
  /** Where `push` pushes to. */
  remote: z.string().min(1).default(DEFAULT_BRANCHES.remote),
};

/** canary.yaml as people write it; unknown keys are refused, never ignored. */
export const configSchema = z.strictObject({
  version: z.literal(1, 'is not a version this program knows (1)'),
  services: z.record(serviceName, service),
  identity: identity.default([]),
  force: z
    .strictObject({ header: z.string().regex(/^[A-Za-z0-9_-]+$/, 'is not a header name') })
    .default({ header: 'X-Canary' }),
  /** Rules that choose a side whatever the weight. */
  match: match.default([]),
  /** How users come to the canary. */
  strategy: strategy.default({ kind: 'canary' }),
  /** Of `strategy: canary`; without any it stops at the weight it is given. */
  steps: steps.default([]),
  /** How the canary is judged while it goes through its steps. */
  analysis: analysis.default(analysis.parse(true)),
  /** What follows the last step of a canary that passed: it becomes the stable, or a person makes it. */
  promote: z.enum(['auto', 'manual'], 'is not auto or manual').default('auto'),
  /** How long a canary keeps its users when nobody does anything with it. */
  maxAge: switchable(holding).default(7 * DAY_MS),
  /** How long a step may wait for enough evidence once its time is over. */
  progressDeadline: holding.default(30 * 60_000),
  /** What is run or told on the way of a release. */
  hooks: hooks.prefault({}),
  /** The databases that canary and stable share. */
  database: database.prefault({}),
  git: z.strictObject(gitFields).default(DEFAULT_BRANCHES),
  proxy: z
    .strictObject({
      image: z.string().min(1).optional(),
      /** A port on which the proxy tells Prometheus what it counts. */
      metrics: port.optional(),
    })
    .default({}),
  /** Whether a failed request of the canary is answered by the stable. */
  shield: shield.default(shield.parse(true)),
  /** Whether a failing canary is taken out. */
  breaker: breaker.default(breaker.parse(true)),
  /** How long open requests may take to finish before a container is stopped. */
  drain: limit.default(30_000),
  /** How long a started container may take until it is ready. */
  startTimeout: limit.default(120_000),
  /** How many ended releases are kept, with the images to go back to. */
  retention: z.number().int().min(1).default(10),
});

export type CanaryConfig = z.output<typeof configSchema>;
