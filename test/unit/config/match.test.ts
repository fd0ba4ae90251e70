import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import { refusal } from '../../support/fixture-refusal.ts';

const yaml = (rules: readonly string[], more = '') =>
  `version: 1\nservices: { web: { entry: 80 } }\n${more}match:\n${rules.map((rule) => `  - ${rule}\n`).join('')}`;
const parse = (rules: readonly string[]) => parseConfig(yaml(rules), 'canary.yaml').match;
const problems = async (rules: readonly string[], more = '') =>
  (await refusal(() => parseConfig(yaml(rules, more), 'canary.yaml'))).details;

describe('a rule', () => {
  test.each([
    ['{}', 'match.0: has no condition'],
    ['{ equals: x }', 'match.0: compares nothing'],
    ['{ header: A, cookie: b }', 'match.0: names more than one of'],
    ['{ header: A, equals: x, regex: y }', 'match.0: has more than one of'],
    ['{ user: [ada], path: /x }', 'match.0: has more than `user`'],
    ['{ path: x }', 'match.0.path: does not begin with /'],
    ['{ path: "/a\\n  server x" }', 'match.0.path: has control characters'],
    ['{ header: "A B" }', 'match.0.header: is not a name'],
    ['{ header: A, equals: "" }', 'match.0.equals: '],
    ['{ header: A, equals: 1 }', 'match.0.equals: '],
    ['{ method: get }', 'match.0.method.0: is not a method in capitals'],
    ['{ path: /x, side: both }', 'match.0.side: '],
    ['{ path: /x, weight: 5 }', 'match.0.weight: is not a setting this version knows'],
    ['{ user: ["a b"] }', 'match.0.user.0: is not a user'],
    ['{ user: ["a;del"] }', 'match.0.user.0: is not a user'],
    ['{ user: ["#1"] }', 'match.0.user.0: is not a user'],
  ])('%s is rejected with its line', async (rule, problem) => {
    const [first, ...others] = await problems([rule]);
    expect(first).toContain(`line 4, ${problem}`);
    expect(others).toEqual([]);
  });

  test('may contain anything that fits on one line', () => {
    const [rule] = parse([`{ header: A, equals: "' \\" # $HOME \\\\ } || { always_true" }`]);
    expect(rule?.equals).toBe(`' " # $HOME \\ } || { always_true`);
  });
});

describe('rules of which one could never match', () => {
  test.each([
    ['the same path', '{ path: /a }', '{ path: /a, side: stable }'],
    ['a path below', '{ path: /pay }', '{ path: /payments }'],
    ['fewer methods', '{ method: [GET, HEAD] }', '{ path: /x, method: GET }'],
    ['the same header in other letters', '{ header: X-A }', '{ header: x-a, equals: "1" }'],
    ['a longer beginning', '{ cookie: a, prefix: y }', '{ cookie: a, prefix: yes }'],
    ['a text with the beginning', '{ query: a, prefix: y }', '{ query: a, equals: yes }'],
    ['the same expression', '{ query: a, regex: "^2" }', '{ query: a, regex: "^2", path: /x }'],
  ])('are rejected: %s', async (_, first, second) => {
    expect(await problems([first, second])).toEqual([
      'line 5, match.1: never applies: match.0 matches all of its requests',
    ]);
  });

  test.each([
    ['the narrower one first', '{ path: /payments }', '{ path: /pay }'],
    ['other methods', '{ path: /a, method: GET }', '{ path: /a, method: [GET, POST] }'],
    ['another text', '{ header: A, equals: x }', '{ header: A, equals: y }'],
    ['another place of the same name', '{ cookie: a }', '{ query: a }'],
    ['a condition less', '{ header: A, path: /a }', '{ path: /a }'],
    ['cookies in other letters', '{ cookie: a }', '{ cookie: A }'],
  ])('are accepted otherwise: %s', (_, first, second) => {
    expect(parse([first, second])).toHaveLength(2);
  });
});

describe('lists of users', () => {
  test('must follow one another, so that the first match wins', async () => {
    expect(await problems(['{ user: [a] }', '{ path: /x }', '{ user: [b] }'])).toEqual([
      'line 6, match.2: stands apart: lists of users must follow one another',
    ]);
  });

  test('contain no user twice; the problem does not name the user', async () => {
    expect(await problems(['{ user: [ada] }', '{ user: [eve, ada], side: stable }'])).toEqual([
      'line 5, match.1.user.1: is in match.0 already',
    ]);
  });
});

describe('an identity', () => {
  test.each([
    'session',
    'Header:X',
    'header:',
    'jwt:',
    'jwt:a..b',
    'jwt:a b',
    "jwt:a'b",
    'source:ip',
    'query:a=b',
  ])('%s is not valid', async (place) => {
    const details = await problems(['{ path: /x }'], `identity: ["${place}"]\n`);
    expect(details).toEqual([
      'line 3, identity.0: is not `header:NAME`, `cookie:NAME`, `query:NAME`, `jwt:CLAIM` or `source`',
    ]);
  });

  test('after the address would never be used, and is rejected', async () => {
    expect((await problems([], 'identity: [source, jwt:sub]\n')).join()).toContain(
      'line 3, identity.0: hides every place after it',
    );
  });
});
