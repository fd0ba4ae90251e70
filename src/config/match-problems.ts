/** What a rule can say. */
interface MatchRule {
  user?: readonly string[] | undefined;
  header?: string | undefined;
  cookie?: string | undefined;
  query?: string | undefined;
  equals?: string | undefined;
  prefix?: string | undefined;
  regex?: string | undefined;
  path?: string | undefined;
  method?: readonly string[] | undefined;
}

interface Problem {
  path: PropertyKey[];
  message: string;
}

/** What keeps a rule from making sense by itself. */
export function problemsOfRule(rule: MatchRule): string[] {
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

/** Rules that could never count, and lists that cannot be looked up in their order. */
export function problemsOfRules(rules: readonly MatchRule[]): Problem[] {
  return [...hiddenRules(rules), ...scatteredLists(rules), ...repeatedUsers(rules)];
}

function hiddenRules(rules: readonly MatchRule[]): Problem[] {
  return rules.flatMap((rule, index) => {
    const earlier = rules.slice(0, index).findIndex((each) => hides(each, rule));
    return earlier < 0
      ? []
      : [{ path: [index], message: `never counts: match.${earlier} fits wherever it does` }];
  });
}

/** All lists are one map, looked up at one place. */
function scatteredLists(rules: readonly MatchRule[]): Problem[] {
  return rules.flatMap((rule, index) => {
    const isLater = rules.slice(0, index).some((each) => each.user);
    return rule.user && isLater && !rules[index - 1]?.user
      ? [{ path: [index], message: 'stands apart: lists of users must follow one another' }]
      : [];
  });
}

/** Named by their place: users may be personal data. */
function repeatedUsers(rules: readonly MatchRule[]): Problem[] {
  const known = new Map<string, number>();
  const problems: Problem[] = [];
  for (const [index, { user = [] }] of rules.entries()) {
    for (const [position, name] of user.entries()) {
      const first = known.get(name);
      if (first !== undefined)
        problems.push({
          path: [index, 'user', position],
          message: `is in match.${first} already`,
        });
      known.set(name, first ?? index);
    }
  }
  return problems;
}

/** Whether a rule fits every request that a later one fits. */
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
