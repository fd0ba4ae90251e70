import { expect, test } from 'vitest';
import { touchedTables } from '../../../src/database/backup.ts';
import type { Finding } from '../../../src/database/finding.ts';
import { rehearsalRecord } from '../../../src/database/record.ts';
import { remainingFindings, remainsText } from '../../../src/database/report.ts';
import { finding } from '../../support/fixture-rehearsal.ts';

const added = finding('expanding', 'table-added', 'coupon', 'table coupon is new');
const column = finding('expanding', 'column-added', 'discount', 'column discount.note is new');
const emptied = finding('destructive', 'table-truncated', 'session', 'table session is emptied');
const locked = finding('contracting', 'lock-held', 'discount', 'table discount is locked');
const some = finding('none', 'rows-deleted', 'discount', '1 row of 50 of discount are deleted');

const report = (findings: Finding[], ...allowed: string[]) => ({ findings, allowed });

test.each([
  ['a table alone that is new', report([added]), []],
  ['a column that is new', report([added, column]), [{ service: 'db', tables: ['discount'] }]],
  ['what nobody let pass', report([emptied]), []],
  [
    'what was let pass',
    report([emptied, column], 'destructive:session'),
    [{ service: 'db', tables: ['discount', 'session'] }],
  ],
  ['an exception for another class of change', report([emptied], 'contracting:session'), []],
  ['a lock, and rows as every boot deletes', report([locked, some], 'contracting:discount'), []],
  [
    'a type and a view, which are no tables',
    report([finding('expanding', 'type-added', 'mood', 'type mood is new')]),
    [],
  ],
  [
    'two databases',
    report([column, { ...column, database: 'other', object: 'a' }]),
    [
      { service: 'db', tables: ['discount'] },
      { service: 'other', tables: ['a'] },
    ],
  ],
])('tables to keep: %s', (_, told, tables) => {
  expect(touchedTables(told)).toEqual(tables);
});

test('what stays is the result of the accepted changes, not how they were made', () => {
  const all = report([emptied, locked, added, some], 'destructive:session', 'contracting:discount');
  expect(remainingFindings(all)).toEqual([emptied, added]);
  expect(remainingFindings(report([emptied, some]))).toEqual([]);
});

test.each([
  [report([some]), true, undefined],
  [
    report([column, added]),
    true,
    'What the canary changed in the database stays: column discount.note is new; table coupon is new. The code that runs again works with it, as far as the rehearsal could see.',
  ],
  [
    report([emptied], 'destructive:session'),
    true,
    'What the canary changed in the database stays: table session is emptied. The code that runs again may not work with it: you allowed it.',
  ],
  [
    report([column]),
    false,
    'What the canary changed in the database stays: column discount.note is new.',
  ],
])('what stays is described in words (%#)', (told, isBack, text) => {
  expect(remainsText(told, isBack)).toBe(text);
});

test('the JSON record of a rehearsal', () => {
  const rest = { databases: [], unrehearsed: [], ms: 1 };
  const told = { ...report([{ ...emptied, statement: 'TRUNCATE session' }]), ...rest };
  expect(rehearsalRecord({ report: told, isRefused: true })).toEqual({
    result: 'refused',
    findings: [
      {
        class: 'destructive',
        text: 'table session is emptied',
        statement: 'TRUNCATE session',
        service: null,
        database: 'db',
        object: 'session',
      },
    ],
    allowed: [],
  });
  expect(rehearsalRecord(undefined)).toBeNull();
});
