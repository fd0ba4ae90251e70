import { z } from 'zod';
import { parseException } from '../exception.ts';
import { holding, percentage, serviceName } from '../values/values.ts';
import { argv } from './outside.ts';

const migrate = z.strictObject({
  service: serviceName.describe(
    'The service whose image at the canary’s commit runs the migration.',
  ),
  command: argv.optional().describe('Replaces the service’s own command.'),
});

/** The databases that canary and stable share, and what a canary may do to them. */
export const database = z.strictObject({
  service: z
    .union([serviceName.transform((name) => [name]), z.array(serviceName).min(1)])
    .optional()
    .describe('The database services to rehearse; by default those that the chosen services use.'),
  rehearse: z
    .enum(['auto', 'always', 'off'], 'is not auto, always or off')
    .default('auto')
    .describe('Whether a canary first boots on a copy; `always`: even if it has already passed.'),
  data: z
    .enum(['full', 'schema', 'sample'], 'is not full, schema or sample')
    .default('full')
    .describe('Which rows the copy gets.'),
  sample: z
    .number()
    .int()
    .min(1)
    .max(10_000_000)
    .default(1000)
    .describe('Rows of each table in a sample.'),
  settle: holding.prefault('2s').describe('How long the canary is observed after it is ready.'),
  lockLimit: holding.prefault('1s').describe('How long a lock may block others.'),
  massChange: percentage
    .prefault('10%')
    .describe('Deleting or overwriting at least this share of a table’s rows counts as a loss.'),
  allow: z
    .array(
      z.string().refine((text) => parseException(text)?.what === 'unrehearsed', {
        message:
          'is not an exception such as unrehearsed:SERVICE; others are made for one deploy: `--allow destructive:TABLE`',
      }),
    )
    .default([])
    .describe('Services that keep data and cannot be rehearsed, but are shared anyway.'),
  migrate: migrate.optional().describe('The migration, run once before the canary starts.'),
  backup: z
    .enum(['before', 'off'], 'is not before or off')
    .default('off')
    .describe('Whether a backup is kept of the tables that the canary changes.'),
});

export type DatabaseConfig = z.output<typeof database>;
