import { z } from 'zod';
import { line, listedTexts, type Problem, refuse } from '../values/values.ts';

const name = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9_-]+$/, 'is not a name of letters, digits, `-` and `_`');
const value = line(500);
/**
 * A key of a map; the admin socket ends words at blanks and commands at semicolons, so neither is
 * allowed.
 */
const user = z
  .string()
  .max(200)
  .regex(/^[^\s\p{Cc};\\"'#<]+$/u, 'is not a user: no blanks and none of ; \\ " \' # <');
const method = z.string().regex(/^[A-Z]{2,16}$/, 'is not a method in capitals');

/** A rule that chooses a side whatever the weight. All its conditions must match. */
const rule = z
  .strictObject({
    user: listedTexts(z.array(user))
      .optional()
      .describe(
        'Users by the identity that `identity` finds; may be empty, to be filled while the proxy runs.',
      ),
    header: name.optional().describe('The name of a header.'),
    cookie: name.optional().describe('The name of a cookie.'),
    query: name.optional().describe('The name of a parameter in the query.'),
    equals: value.optional().describe('The value that header, cookie or parameter must have.'),
    prefix: value.optional().describe('The beginning that the value must have.'),
    regex: value.optional().describe('In HAProxy’s dialect; HAProxy itself validates it.'),
    path: value.regex(/^\//, 'does not begin with /').optional().describe('Beginning of the path.'),
    method: listedTexts(z.array(method).min(1).max(20))
      .optional()
      .describe('The methods, such as GET.'),
    side: z
      .enum(['canary', 'stable'], 'is not canary or stable')
      .default('canary')
      .describe('The side that gets the requests.'),
  })
  .superRefine((each, context) => {
    for (const problem of problemsOfRule(each)) refuse(context, problem);
  });

/** The first match wins. */
export const match = z
  .array(rule)
  .max(100)
  .superRefine((rules, context) => {
    const problems = [...hiddenRules(rules), ...scatteredLists(rules), ...repeatedUsers(rules)];
    for (const { path, text } of problems) refuse(context, text, path);
  });

export type MatchRule = z.output<typeof rule>;

/** The problems of a rule by itself. */
function problemsOfRule(rule: MatchRule): string[] {
  const count = (...values: unknown[]) => values.filter((one) => one !== undefined).length;
  const places = count(rule.header, rule.cookie, rule.query);
  const comparisons = count(rule.equals, rule.prefix, rule.regex);
  const others = places + comparisons + count(rule.path, rule.method);
  if (rule.user) return others > 0 ? ['has more than `user`: a list stands alone in its rule'] : [];
  return [
    ...(places > 1 ? ['names more than one of header, cookie and query'] : []),
    ...(comparisons > 1 ? ['has more than one of equals, prefix and regex'] : []),
    ...(places === 0 && comparisons > 0
      ? ['compares nothing: name a header, cookie or query']
      : []),
    ...(others === 0 ? ['has no condition: user, header, cookie, query, path or method'] : []),
  ];
}

/** Rules that can never match. */
function hiddenRules(rules: readonly MatchRule[]): Problem[] {
  return rules.flatMap((rule, index) => {
    const earlier = rules.slice(0, index).findIndex((each) => hides(each, rule));
    return earlier < 0
      ? []
      : [{ path: [index], text: `never applies: match.${earlier} matches all of its requests` }];
  });
}

/** All user lists are one map, which is looked up at one place. */
function scatteredLists(rules: readonly MatchRule[]): Problem[] {
  return rules.flatMap((rule, index) => {
    const isLater = rules.slice(0, index).some((each) => each.user);
    return rule.user && isLater && !rules[index - 1]?.user
      ? [{ path: [index], text: 'stands apart: lists of users must follow one another' }]
      : [];
  });
}

/**
 * Users who are listed twice. They are reported by position, because users may be personal data.
 */
function repeatedUsers(rules: readonly MatchRule[]): Problem[] {
  const known = new Map<string, number>();
  const problems: Problem[] = [];
  for (const [index, { user = [] }] of rules.entries()) {
    for (const [position, name] of user.entries()) {
      const first = known.get(name);
      if (first !== undefined)
        problems.push({
          path: [index, 'user', position],
          text: `is in match.${first} already`,
        });
      known.set(name, first ?? index);
    }
  }
  return problems;
}

/** Whether a rule matches every request that a later one matches. */
function hides(rule: MatchRule, later: MatchRule): boolean {
  if (rule.user || later.user) return false;
  const { path, method } = rule;
  const isPathWider = path === undefined || later.path?.startsWith(path) === true;
  const isMethodWider =
    method === undefined || later.method?.every((each) => method.includes(each)) === true;
  return isPathWider && isMethodWider && isPlaceWider(rule, later);
}

function isPlaceWider(rule: MatchRule, later: MatchRule): boolean {
  const place = placeOf(rule);
  if (place === undefined) return true;
  if (place !== placeOf(later)) return false;
  const { equals, prefix, regex } = rule;
  if (equals !== undefined) return later.equals === equals;
  if (regex !== undefined) return later.regex === regex;
  if (prefix !== undefined)
    return [later.equals, later.prefix].some((each) => each?.startsWith(prefix));
  return true;
}

function placeOf({ header, cookie, query }: MatchRule): string | undefined {
  if (header !== undefined) return `header ${header.toLowerCase()}`;
  if (cookie !== undefined) return `cookie ${cookie}`;
  return query === undefined ? undefined : `query ${query}`;
}
