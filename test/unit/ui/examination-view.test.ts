import { expect, test } from 'vitest';
import { examinationText } from '../../../src/ui/examination-view.ts';
import { makeTheme } from '../../../src/ui/theme.ts';

const text = (checks: object[], shape: object[] = []) =>
  examinationText({ checks, shape } as never, makeTheme(false));

test('each result is one line with a mark', () => {
  const checks = [
    { result: 'pass', text: 'GET /: as expected.' },
    { result: 'fail', text: 'GET /a: status 500, not 200.' },
  ];
  expect(text(checks, [{ result: 'error', text: 'GET /b: nothing was compared.' }])).toBe(
    '✔ GET /: as expected.\n✖ GET /a: status 500, not 200.\n? GET /b: nothing was compared.',
  );
});

test('says so if nothing was checked', () => {
  expect(text([])).toContain('Nothing to check');
});
