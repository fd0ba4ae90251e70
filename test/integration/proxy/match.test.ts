import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import { hasCode } from '../../../src/errors.ts';
import { renderConfiguration } from '../../../src/proxy/configuration.ts';
import { haproxyCheck, haproxyCheckAll } from '../../support/fixture-haproxy.ts';
import { nasty } from '../../support/fixture-nasty.ts';
import { TOLERANCE } from '../../support/fixture-tolerance.ts';

type Rule = Record<string, unknown>;

/** The configuration of a shop with these rules; nothing if canary.yaml is rejected. */
function configurationWith(match: readonly Rule[]): string | undefined {
  const services = { web: { entry: 80 } };
  try {
    const text = JSON.stringify({ version: 1, services, match });
    const config = parseConfig(text, 'canary.yaml');
    return renderConfiguration({
      routes: [
        {
          service: 'web',
          clone: 'web-canary',
          port: 80,
          entry: { port: 80, preview: undefined, shield: false, breaker: false },
        },
      ],
      identity: config.identity,
      match: config.match,
      forceHeader: config.force.header,
      owner: { uid: 0, gid: 0 },
      tolerance: TOLERANCE,
    });
  } catch (error) {
    if (hasCode(error, 'config-invalid')) return undefined;
    throw error;
  }
}

const name = fc.oneof(nasty, fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/));
const literal = (value: string) => `^${value.replace(/[^a-z0-9]/gi, '.')}`;

const rule: fc.Arbitrary<Rule> = fc
  .tuple(
    fc.constantFrom('header', 'cookie', 'query'),
    name,
    fc.option(fc.tuple(fc.constantFrom('equals', 'prefix', 'regex'), nasty), { nil: undefined }),
    fc.option(nasty, { nil: undefined }),
    fc.option(fc.subarray(['GET', 'HEAD', 'IF', 'OR'], { minLength: 1 }), { nil: undefined }),
    fc.constantFrom('canary', 'stable'),
  )
  .map(([place, where, comparison, path, method, side]) => ({
    [place]: where,
    ...(comparison && {
      [comparison[0]]: comparison[0] === 'regex' ? literal(comparison[1]) : comparison[1],
    }),
    ...(path === undefined ? {} : { path: `/${path}` }),
    ...(method && { method }),
    side,
  }));

/** The lines of the configuration, each reduced to its first two words. */
function directives(configuration: string): string[] {
  return configuration
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim().split(' ').slice(0, 2).join(' '));
}

test('HAProxy reads exactly one rule for every rule that canary.yaml accepts', async () => {
  const rules = fc.sample(rule, { numRuns: 1000, seed: 4 });
  const accepted = rules.filter((each) => configurationWith([each]) !== undefined);
  expect(accepted.length).toBeGreaterThan(200);

  const isAcl = (line: string) => line.startsWith('acl ');
  const plain = directives(configurationWith([]) ?? '');
  for (const each of accepted) {
    const lines = directives(configurationWith([each]) ?? '');
    const acls = 1 + (each.path === undefined ? 0 : 1) + (each.method === undefined ? 0 : 1);
    const added = [...Array.from({ length: acls }, (_, at) => `acl match_0_${at}`)];
    expect(lines).toHaveLength(plain.length + acls + 1);
    expect(lines.filter(isAcl)).toEqual([...added, ...plain.filter(isAcl)]);
  }
  const judged = await haproxyCheckAll(
    batches(accepted, 60).map((batch) => configurationWith(batch) ?? 'refused'),
  );
  expect(judged.length).toBeGreaterThan(3);
  expect(judged.filter((words) => words !== 'valid')).toEqual([]);
});

/** Groups of this many rules; of two that overlap, the first stays. */
function batches(rules: readonly Rule[], size: number): Rule[][] {
  const all: Rule[][] = [];
  for (const each of rules) {
    const last = all.at(-1);
    if (last && last.length < size) {
      if (configurationWith([...last, each]) !== undefined) last.push(each);
    } else all.push([each]);
  }
  return all;
}

test('texts of maximum length are accepted', async () => {
  const long = "'".repeat(500);
  const configuration = configurationWith([
    { header: 'X'.repeat(100), equals: long, path: `/${long.slice(1)}` },
    { method: Array.from({ length: 20 }, (_, at) => `M${String.fromCharCode(65 + at)}`) },
  ]);
  expect(await haproxyCheck(configuration ?? 'refused')).toBe('valid');
});

test('HAProxy rejects an invalid regular expression with its own message', async () => {
  const configuration = configurationWith([{ header: 'A', regex: '(' }]);
  expect(await haproxyCheck(configuration ?? 'refused')).toMatch(/regex/i);
});
