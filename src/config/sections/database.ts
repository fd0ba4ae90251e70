import { z } from 'zod';
import { parseException } from '../exception.ts';
import { holding, percentage, serviceName } from '../values/values.ts';
import { argv } from './outside.ts';

const migrate = z.strictObject({
  /** The service whose image at the canary's commit runs the migration. */
  service: serviceName,
  /** Replaces the service's own command. */
  command: argv.optional(),
});

/** The databases that canary and stable share, and what a canary may do to them. */
export const database = z.strictObject({
  /** The database services to rehearse; by default those that the chosen services use. */
  service: z
    .union([serviceName.transform((name) => [name]), z.array(serviceName).min(1)])
    .optional(),
  /** Whether a canary first boots on a copy; `always`: even if it has already passed. */
  rehearse: z.enum(['auto', 'always', 'off'], 'is not auto, always or off').default('auto'),
  /** Which rows the copy gets. */
  data: z.enum(['full', 'schema', 'sample'], 'is not full, schema or sample').default('full'),
  /** Rows of each table in a sample. */
  sample: z.number().int().min(1).max(10_000_000).default(1000),
  /** How long the canary is observed after it is ready. */
  settle: holding.default(2000),
  /** How long a lock may block others. */
  lockLimit: holding.default(1000),
  /** Deleting or overwriting at least this share of a table's rows counts as a loss. */
  massChange: percentage.default(10),
  /** Services that keep data and cannot be rehearsed, but are shared anyway. */
  allow: z
    .array(
      z.string().refine((text) => parseException(text)?.what === 'unrehearsed', {
        message:
          'is not an exception such as unrehearsed:SERVICE; others are made for one deploy: `--allow destructive:TABLE`',
      }),
    )
    .default([]),
  /** The migration, run once before the canary starts. */
  migrate: migrate.optional(),
  /** Whether a backup is kept of the tables that the canary changes. */
  backup: z.enum(['before', 'off'], 'is not before or off').default('off'),
});

export type DatabaseConfig = z.output<typeof database>;
