import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PlainLog } from '../../../src/ui/plain-log.ts';
import { printable, printableJson } from '../../../src/ui/printable.ts';
import { makeTheme } from '../../../src/ui/theme.ts';

describe('text from outside', () => {
  test.each([
    ['clears the screen', 'a\u001b[2Jb', 'a\\x1b[2Jb'],
    ['sets the title', '\u001b]0;x\u0007', '\\x1b]0;x\\x07'],
    ['uses the other kind of controls', '\u009b2J', '\\x9b2J'],
    ['overwrites its line', 'bad\rgood', 'bad\\x0dgood'],
    ['reads from right to left', 'a\u202eb\u2066c', 'a\\u{202e}b\\u{2066}c'],
    ['hides', 'a\u200bb\ufeff\u{e0041}', 'a\\u{200b}b\\u{feff}\\u{e0041}'],
    ['is a command of GitHub of the older form', 'a ##[add-mask]b', 'a ## [add-mask]b'],
    ['is several lines with tabs, and in any language', 'a\n\tб 👩‍💻', 'a\n\tб 👩‍💻'],
  ])('%s', (_, text, shown) => {
    expect(printable(text, false)).toBe(shown);
    expect(printable(text, true)).toBe(shown);
    expect(JSON.parse(printableJson(text))).toBe(text);
  });

  test('may have the colours of the theme, and only where there are colours', () => {
    const theme = makeTheme(true);
    const all = [theme.bold, theme.dim, theme.good, theme.bad, theme.warn, theme.canary];
    const text = all.map((paint) => paint('x')).join('');
    expect(theme.printable(text)).toBe(text);
    expect(makeTheme(false).printable(text)).not.toContain('\u001b');
    expect(theme.printable('\u001b[8mhidden')).toBe('\\x1b[8mhidden');
  });

  test('shows what takes no place in it, and leaves letters and emoji whole', () => {
    expect(printable('a\u00adb\u3164\u115f', false)).toBe('a\\xadb\\u{3164}\\u{115f}');
    for (const text of ['👩‍💻', '❤️', 'می‌خواهم']) expect(printable(text, false)).toBe(text);
  });

  test('never makes a terminal do anything, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const shown = printable(text, false);
        expect(shown).toMatch(/^[\P{Cc}\n\t]*$/u);
        expect(stripVTControlCharacters(shown)).toBe(shown);
        expect(printableJson(text)).toMatch(/^\P{Cc}*$/u);
        expect(JSON.parse(printableJson(text))).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });
});

test('a line of a container, a branch and a remote reach the terminal as text', () => {
  const theme = makeTheme(true);
  let written = '';
  const write = (text: string) => {
    written += text;
  };
  const { emit: show } = new PlainLog({ write, theme, isVerbose: true, now: () => 0 });
  const evil = '\u001b[2J\u202e';
  show({ type: 'output', line: evil });
  show({ type: 'remote-said', line: evil });
  show({ type: 'commit-made', branch: evil, commit: 'abc', subject: evil });
  for (const each of ['\u001b[2J', '\u202e']) expect(written).not.toContain(each);
  expect(written.match(/\\x1b\[2J/g)).toHaveLength(4);
});
