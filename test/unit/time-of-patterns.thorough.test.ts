import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { canBecome } from '../../src/compose/model/written.ts';
import { commandText, programName } from '../../src/compose/services/image.ts';
import { isServerName, serverWord } from '../../src/compose/services/stateful-words.ts';
import { workOf } from '../../src/compose/services/work.ts';
import { valueHider } from '../../src/config/values/hide-values.ts';
import { fillPlaces, placeProblem } from '../../src/config/values/placeholders.ts';
import { withoutPasswords } from '../../src/git/urls.ts';
import { checksIn, normalised } from '../../src/rehearsal/sqlite/definitions.ts';

const SOURCES = new URL('../../src/', import.meta.url).pathname;
/** Their texts are short or the operator's own: names of files, arguments, accounts of the database. */
const SHORT = [
  'main.ts',
  'rehearsal/mysql/accounts.ts',
  'project/configuration-files.ts',
  'compose/services/programs.ts',
  'compose/services/stateful-words.ts',
  'compose/services/work.ts',
  'config/values/duration.ts',
];

interface Found {
  place: string;
  pattern: RegExp;
}

/** Every pattern that the sources write as such. */
function patterns(): Found[] {
  return readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !SHORT.includes(name))
    .flatMap((name) => {
      const text = readFileSync(`${SOURCES}${name}`, 'utf8');
      const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest);
      const found: Found[] = [];
      const visit = (node: ts.Node): void => {
        if (ts.isRegularExpressionLiteral(node)) {
          const end = node.text.lastIndexOf('/');
          const [source, flags] = [node.text.slice(1, end), node.text.slice(end + 1)];
          found.push({ place: `${name} ${node.text}`, pattern: new RegExp(source, flags) });
        }
        ts.forEachChild(node, visit);
      };
      visit(file);
      return found;
    });
}

const ANY = [
  ' ',
  'a',
  '1',
  '"',
  "'",
  '`',
  '[',
  '(',
  '{',
  ':',
  '/',
  '@',
  '.',
  '-',
  '_',
  '\n',
  '\\',
  '=',
];

/** Texts that make a pattern try again and again: pieces of itself, after a beginning of itself. */
function* attacks(pattern: RegExp, length: number): Generator<string> {
  const words = pattern.source.match(/[A-Za-z]{2,}|[^\\A-Za-z]/g) ?? [];
  const units = [...new Set([...words, ...ANY])].slice(0, 40);
  const beginnings = [
    '',
    words
      .filter((each) => /[A-Za-z:/]/.test(each))
      .slice(0, 3)
      .join(''),
    units[0] ?? '',
  ];
  for (const beginning of new Set(beginnings))
    for (const unit of units) {
      yield beginning + unit.repeat(length / unit.length);
      yield `${`${unit} `.repeat(length / (unit.length + 1))}!`;
      yield `${beginning}${unit.repeat(length / unit.length)}\n!`;
    }
}

/** In milliseconds of the processor: other programs on the machine must not count. */
function timeOf(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** A pattern that is linear needs a hundredth of it. */
const BUDGET_MS_PER_KB = 8;

/** Whether a text of this length takes too long, tried twice. */
function isSlow(
  read: (text: string) => unknown,
  make: (length: number) => string,
  length: number,
): boolean {
  const short = make(length / 4);
  if (timeOf(() => read(short)) < 1) return false;
  const long = make(length);
  const times = [0, 1].map(() => timeOf(() => read(long)));
  return Math.min(...times) > (BUDGET_MS_PER_KB * length) / 1000;
}

test('no pattern takes more than its share of time for a longer text', () => {
  const all = patterns();
  expect(all.length).toBeGreaterThan(250);
  const slow = all.flatMap(({ place, pattern }) => {
    const work = (text: string) =>
      pattern.global ? [...text.matchAll(pattern)].length : pattern.test(text);
    const count = [...attacks(pattern, 4_000)].length;
    for (let at = 0; at < count; at += 1) {
      const make = (length: number) => [...attacks(pattern, length)][at] ?? '';
      if (isSlow(work, make, 16_000)) return [`${place} ${JSON.stringify(make(40))}`];
    }
    return [];
  });
  expect(slow).toEqual([]);
});

/** Hides the values of variables that look alike. */
function hider(count: number, length: number): (text: string) => string {
  const value = (index: number) => `${'ab'.repeat(length / 2)}${index}`;
  return valueHider(Array.from({ length: count }, (_, index) => [`V${index}`, value(index)]));
}

const NOW = { now: new Date() } as Parameters<typeof fillPlaces>[1];

/** What others write, and what reads it: up to 100 KB. */
test.each<[string, (text: string) => unknown, readonly string[]]>([
  ['values of many variables', hider(1000, 50), ['1ab', 'ab', 'b', 'x ']],
  ['values of long variables', hider(5, 20_000), ['1ab', 'ab', 'b', 'x ']],
  ['placeholders', (text) => [placeProblem(text), fillPlaces(text, NOW)], ['{{', '{{ ', ' ', '}}']],
  ['passwords in URLs', withoutPasswords, ['a://', 'http://', ':', '@', 'a:b@', 'a']],
  [
    'checks of SQLite',
    (text) => [checksIn(text), normalised(text)],
    ['check (', '(', "'", '[', '`a', '"', '/*'],
  ],
  [
    'names with variables',
    (text) => canBecome(text, 'a'.repeat(50_000)),
    ['\x24{A}a', '$A', '\x24{', 'a'],
  ],
  ['names of images', (text) => serverWord(programName(text)), ['redis-', '@', ':', '-', 'a']],
  ['names of services', isServerName, ['redis', '-', '.', 'db', '1']],
  [
    'commands',
    (text) => [commandText({ command: [text] }), workOf('x', { command: [text] }, false)],
    ['celery ', 'cron ', ' ', 'x', 'migrate '],
  ],
])('%s', (_, read, pieces) => {
  const makers = pieces.flatMap((first) =>
    pieces.flatMap((second) => {
      const many = (length: number) => second.repeat(length / second.length);
      return [
        (length: number) => first + many(length),
        (length: number) => `${many(length)}${first}\n!`,
        (length: number) => (first + second).repeat(length / (first.length + second.length)),
      ];
    }),
  );
  const slow = makers.filter((make) => isSlow(read, make, 100_000));
  expect(slow.map((make) => make(40))).toEqual([]);
});
