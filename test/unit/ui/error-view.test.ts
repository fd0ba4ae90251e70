import { describe, expect, test } from 'vitest';
import { CanaryError } from '../../../src/errors.ts';
import { errorDocument, errorText } from '../../../src/ui/error-view.ts';
import { makeTheme } from '../../../src/ui/theme.ts';

const ERROR = new CanaryError('config-invalid', 'canary.yaml is not valid.', {
  details: ['line 1, version: wrong', 'line 2, colour: unknown'],
  hint: 'Correct the lines above.',
});
const ESCAPE = String.fromCharCode(27);
const text = (error: unknown, isVerbose = false) => errorText(error, makeTheme(false), isVerbose);

describe('an error for people', () => {
  test('has a message, the details, and what to do', () => {
    expect(text(ERROR)).toBe(
      [
        '✖ canary.yaml is not valid.',
        '  │ line 1, version: wrong',
        '  │ line 2, colour: unknown',
        '  Correct the lines above.',
      ].join('\n'),
    );
  });

  test('says a detail once that the message has already', () => {
    const details = ['a is dropped.', 'b is dropped.'];
    const error = new CanaryError('usage', 'No: a is dropped (and 1 more).', { details });
    expect(text(error)).toBe('✖ No: a is dropped (and 1 more).\n  │ b is dropped.');
  });

  test('is one line without details and hint', () => {
    expect(text(new CanaryError('usage', 'No.'))).toBe('✖ No.');
  });

  test('has colour only if colour is on', () => {
    expect(text(ERROR)).not.toContain(ESCAPE);
    expect(errorText(ERROR, makeTheme(true), false)).toContain(ESCAPE);
  });

  test('calls a bug a bug and shows the code location only if asked', () => {
    const bug = new TypeError('x is not a function');
    expect(text(bug)).toBe(
      '✖ This is a bug in canary: x is not a function\n  Run it again with --verbose and report what it prints.',
    );
    expect(text(bug, true)).toContain('error-view.test.ts');
    expect(text('thrown text')).toContain('thrown text');
  });
});

describe('an error for programs', () => {
  test('has code, message, hint and details', () => {
    expect(errorDocument(ERROR)).toEqual({
      error: {
        code: 'config-invalid',
        message: 'canary.yaml is not valid.',
        hint: 'Correct the lines above.',
        details: ['line 1, version: wrong', 'line 2, colour: unknown'],
      },
    });
  });

  test('has the hint null if there is none, and no details key without details', () => {
    expect(errorDocument(new CanaryError('usage', 'No.'))).toEqual({
      error: { code: 'usage', message: 'No.', hint: null },
    });
  });

  test('calls a bug internal', () => {
    expect(errorDocument(new TypeError('x'))).toEqual({
      error: { code: 'internal', message: 'x', hint: null },
    });
  });
});
