import { expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import { refusal } from '../../support/fixture-refusal.ts';

const parse = (database: string) =>
  parseConfig(
    `version: 1\nservices: { web: { entry: 80 } }\ndatabase: ${database}\n`,
    'canary.yaml',
  );

test('tables can be kept only if a rehearsal finds out which', async () => {
  expect(parse('{ backup: before }').database.backup).toBe('before');
  const { details } = await refusal(() =>
    Promise.resolve(parse('{ backup: before, rehearse: off }')),
  );
  expect(details).toEqual([
    'line 3, database.backup: needs the rehearsal, which finds the tables that change; `rehearse` is off',
  ]);
});
