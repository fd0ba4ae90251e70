import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import type { CanaryError } from '../../../src/errors.ts';
import { errorDocument, errorText } from '../../../src/ui/error-view.ts';
import { makeTheme } from '../../../src/ui/theme.ts';
import { refusal } from '../../support/fixture-refusal.ts';

const START = 'version: 1\nservices: { web: { entry: 80 } }\n';

const errorOf = (text: string) =>
  refusal(() => parseConfig(text, 'canary.yaml')) as Promise<CanaryError>;
const textOf = async (text: string) => {
  const theme = makeTheme(false);
  return theme.printable(errorText(await errorOf(text), theme, false));
};
const detailsOf = async (text: string) => (await errorOf(text)).details;

describe('the text of an error', () => {
  test('shows every problem in the user’s own line with a caret under it', async () => {
    const text = `version: 1
services:
  web:
    entry: "80"
    sheild: { maxShare: 20% }
analysis: { margin: 1, alhpa: 0.01 }
drain: 30
databse:
  service: db
margin: 1%
`;
    expect(await textOf(text)).toBe(`✖ canary.yaml is not valid.
  │ line 4, column 12, services.web.entry: is not a port, a whole number from 1 to 65535: leave out the quotes
  │   4 |     entry: "80"
  │     |            ^^^^
  │ line 5, column 5, services.web.sheild: is not a setting this version knows. Did you mean \`shield\`?
  │   5 |     sheild: { maxShare: 20% }
  │     |     ^^^^^^
  │ line 6, column 21, analysis.margin: is not a share such as 0.5%: 1 has no unit, such as 1%
  │   6 | analysis: { margin: 1, alhpa: 0.01 }
  │     |                     ^
  │ line 6, column 24, analysis.alhpa: is not a setting this version knows. Did you mean \`alpha\`?
  │   6 | analysis: { margin: 1, alhpa: 0.01 }
  │     |                        ^^^^^
  │ line 7, column 8, drain: is not a duration such as 30s or 1m30s: 30 has no unit, such as 30s
  │   7 | drain: 30
  │     |        ^^
  │ line 8, column 1, databse: is not a setting this version knows. Did you mean \`database\`?
  │   8 | databse:
  │     | ^^^^^^^
  │ line 10, column 1, margin: is not a setting this version knows here. It belongs under \`analysis\`
  │   10 | margin: 1%
  │      | ^^^^^^
  Correct the lines above; templates/canary.yaml in the package of canary lists every setting.`);
  });

  test('shows a part of a long line, and counts the columns of a terminal', async () => {
    const long = `${START}match: [{ header: ${'x'.repeat(90)}, sid: canary, prefix: ${'y'.repeat(90)} }]\n`;
    const [, , shown = '', caret = ''] = (await textOf(long)).split('\n');
    expect(shown).toMatch(/^ {2}│ {3}3 \| …x{30}, sid: canary, prefix: y+…$/);
    expect(caret.indexOf('^')).toBe(shown.indexOf('sid'));
    const wide = `${START}git: { stable: "日本", remot: x }\n`;
    const lines = (await textOf(wide)).split('\n');
    expect(lines[3]?.indexOf('^')).toBe((lines[2]?.indexOf('remot') ?? 0) + 2);
  });

  test('contains nothing that a terminal obeys, and keeps the caret in place', async () => {
    const text = `${START}git: { stable: "a\u001b[2J\u202e\u009b", remot: x }\n`;
    const shown = await textOf(text);
    expect(shown).toMatch(/^(?:[^\p{Cc}\u202e]|\n)*$/u);
    const lines = shown.split('\n');
    expect(lines[3]?.indexOf('^')).toBe(lines[2]?.indexOf('remot'));
  });

  test('masks values that may be secret or name people', async () => {
    const text = `${START}hooks:
  onRevert: [{ post: "https://chat.example/T0KEN", headers: { X-Key: 5EKRIT }, tiemout: 5s }]
match: [{ user: [4lice], sied: canary }]
`;
    const shown = await textOf(text);
    expect(shown).toContain('Did you mean `timeout`?');
    expect(shown).toContain('Did you mean `side`?');
    expect(shown).not.toMatch(/T0KEN|5EKRIT|4lice/);
    expect(shown).toContain('headers: { X-Key: •••••• }');
  });

  test('does not show a line with secrets of a file that is no YAML', async () => {
    const shown = await textOf(`${START}hooks: { onRevert: [{ headers: { X: "5EKRIT }\n`);
    expect(shown).not.toContain('5EKRIT');
    expect(shown).toMatch(/line \d+, column \d+/);
  });

  test('is bounded', async () => {
    const text = `${START}${Array.from({ length: 500 }, (_, at) => `${'k'.repeat(2000)}${at}: 1`).join('\n')}\n`;
    const shown = await textOf(text);
    expect(shown).toContain('There are 450 more problems.');
    expect(shown.length).toBeLessThan(60_000);
  });
});

test('the JSON has line, column, path and message, and nothing of the file itself', async () => {
  const { error } = errorDocument(await errorOf(`${START}shield: { maxshare: 20% }\n`));
  expect(error.problems).toEqual([
    {
      path: 'shield.maxshare',
      line: 3,
      column: 11,
      message: 'is not a setting this version knows. Did you mean `maxShare`?',
    },
  ]);
  expect(error.details).toEqual([
    'line 3, shield.maxshare: is not a setting this version knows. Did you mean `maxShare`?',
  ]);
});

describe('words for values', () => {
  test.each([
    ['drain: 30', 'is not a duration such as 30s or 1m30s: 30 has no unit, such as 30s'],
    ['promote: atuo', 'is not auto or manual. Did you mean `auto`?'],
    ['strategy: bluegreen', 'is not canary, blue-green, rolling or ab. Did you mean `blue-green`?'],
    ['database: { rehearse: allways }', 'is not auto, always or off. Did you mean `always`?'],
    ['roles: { db: statefull }', 'Did you mean `stateful`?'],
    ['retention: "3"', 'must be a number, not a text: leave out the quotes'],
    ['retention: 0', 'must be at least 1'],
    ['retention: 1.5', 'must be a whole number, not the number 1.5'],
    ['analysis: { errors: yes }', 'must be `true` or `false`, not the text `yes`'],
    ['steps: { weight: 5 }', 'must be a list, such as [a, b], not settings'],
    ['git: main', 'must be settings, such as { name: value }, not a text'],
    ['git: { stable: "" }', 'must have at least 1 character'],
    ['mounts: { ./x: brnach }', 'is not shared or branch. Did you mean `branch`?'],
    ['git: { entry: 3 }', 'is not a setting this version knows'],
    ['git: { drain: 3s }', 'It belongs at the top of the file, without indentation'],
    ['database: { migrate: {} }', 'is missing'],
  ])('%s', async (setting, words) => {
    const details = await detailsOf(`${START}${setting}\n`);
    expect(details.join('\n')).toContain(words);
    expect(details.join('\n')).not.toMatch(/expected|received|Invalid|Unrecognized/);
  });

  test('a service that is meant is named', async () => {
    const text = `version: 1
services: { frontend: { entry: 80 } }
analysis: { checks: [{ get: /, service: fronted }] }
`;
    expect(await detailsOf(text)).toEqual([
      'line 3, analysis.checks.0: `fronted` is not among the chosen services. Did you mean `frontend`?',
    ]);
  });
});

test('rules between settings are reported beside problems of other settings', async () => {
  const text = `version: 1
services:
  web: { entry: 80 }
  api: { preview: 81, entyr: 8 }
  pay: { preview: 82 }
database: { backup: before, rehearse: off }
drain: soon
`;
  expect(await detailsOf(text)).toEqual([
    'line 4, services.api.entyr: is not a setting this version knows. Did you mean `entry`?',
    'line 5, services.pay.preview: a preview port needs an `entry`, `behind` or `labels`',
    'line 6, database.backup: needs the rehearsal, which finds the tables that change; `rehearse` is off',
    'line 7, drain: is not a duration such as 30s or 1m30s',
  ]);
});

test('names that are there twice are reported beside the other problems', async () => {
  const details = await detailsOf(`${START}drain: 1s\ndrain: 2s\ncolour: red\n`);
  expect(details).toEqual([
    'line 4, the file: this name is there already: names must be unique',
    'line 5, colour: is not a setting this version knows',
  ]);
});
