import type { MatchRule } from '../config/sections/match.ts';
import { word } from './syntax.ts';
import { USER_MAP } from './user-map.ts';

/**
 * The lines by which rules choose a side; the first match wins. They set `txn.rule`, which takes
 * precedence over the weight. Conditions are named ACLs: in anonymous ones, between braces, a text
 * could end the condition.
 */
export function matchLines(rules: readonly MatchRule[]): string[] {
  const firstList = rules.findIndex((rule) => rule.user);
  return rules.flatMap((rule, index) => {
    if (rule.user) return index === firstList ? [userLine()] : [];
    const acls = conditionsOf(rule).map((text, position) => ({
      name: `match_${index}_${position}`,
      text,
    }));
    return [
      ...acls.map(({ name, text }) => `acl ${name} ${text}`),
      `http-request set-var(txn.rule) str(${rule.side}) if !{ var(txn.rule) -m found } ${acls.map(({ name }) => name).join(' ')}`,
    ];
  });
}

/** The users of all lists are in one map, so that lists change without a reload. */
function userLine(): string {
  const side = `var(txn.id),map_str(${USER_MAP})`;
  return `http-request set-var(txn.rule) ${side} if !{ var(txn.rule) -m found } { ${side} -m found }`;
}

function conditionsOf(rule: MatchRule): string[] {
  return [
    ...placeCondition(rule),
    ...(rule.path === undefined ? [] : [`path -m beg -- ${word(rule.path)}`]),
    ...(rule.method ? [`method ${rule.method.join(' ')}`] : []),
  ];
}

function placeCondition(rule: MatchRule): string[] {
  const fetch = placeOf(rule);
  if (!fetch) return [];
  const { equals, prefix, regex } = rule;
  if (equals !== undefined) return [`${fetch} -m str -- ${word(equals)}`];
  if (prefix !== undefined) return [`${fetch} -m beg -- ${word(prefix)}`];
  if (regex !== undefined) return [`${fetch} -m reg -- ${word(regex)}`];
  return [`${fetch} -m found`];
}

function placeOf({ header, cookie, query }: MatchRule): string | undefined {
  // Uses the whole header: `req.hdr` would end at a comma, which many User-Agents contain.
  if (header !== undefined) return `req.fhdr(${header})`;
  if (cookie !== undefined) return `req.cook(${cookie})`;
  return query === undefined ? undefined : `url_param(${query}),url_dec(1)`;
}
