import { z } from 'zod';
import { parseException } from './exception.ts';
import { argv } from './outside.ts';
import { holding, percentage, serviceName } from './values.ts';

const migrate = z.strictObject({
  /** The service whose image at the canary's commit runs the migration. */
  service: serviceName,
  /** In place of the service's own command. */
  command: argv.optional(),
});

/** The databases that canary and stable share, and what a canary may do to them. */
export const database = z.strictObject({
  /** Those to rehearse; when left out, those that the chosen services name. */
  service: z
    .union([serviceName.transform((name) => [name]), z.array(serviceName).min(1)])
    .optional(),
  /** Whether a canary boots on a copy first; `always`: also one that has passed already. */
  rehearse: z.enum(['auto', 'always', 'off'], 'is not auto, always or off').default('auto'),
  /** How much of the rows the copy gets. */
  data: z.enum(['full', 'schema', 'sample'], 'is not full, schema or sample').default('full'),
  /** Rows of each table in a sample. */
  sample: z.number().int().min(1).max(10_000_000).default(1000),
  /** How long the canary is watched once it is ready. */
  settle: holding.default(2000),
  /** How long a lock may keep others waiting. */
  lockLimit: holding.default(1000),
  /** The share of a table's rows from which deleting or overwriting them counts as a loss. */
  massChange: percentage.default(10),
  /** Services that keep data, cannot be rehearsed, and are shared all the same. */
  allow: z
    .array(
      z.string().refine((text) => parseException(text)?.what === 'unrehearsed', {
        message:
          'is not an exception such as unrehearsed:SERVICE; others are made for one deploy: `--allow destructive:TABLE`',
      }),
    )
    .default([]),
  /** Run once, before the canary starts. */
  migrate: migrate.optional(),
  /** Whether the tables that the canary changes are kept as they were. */
  backup: z.enum(['before', 'off'], 'is not before or off').default('off'),
});

export type DatabaseConfig = z.output<typeof database>;
