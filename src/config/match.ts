import { z } from 'zod';
import { problemsOfRule, problemsOfRules } from './match-problems.ts';

const name = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9_-]+$/, 'is not a name of letters, digits, `-` and `_`');
/** One line of text: it becomes a word of the proxy's configuration. */
const value = z
  .string()
  .min(1)
  .max(500)
  .regex(/^\P{Cc}*$/u, 'has control characters or line breaks');
/** A key of a map; the admin socket ends words at blanks and commands at semicolons. */
const user = z
  .string()
  .max(200)
  .regex(/^[^\s\p{Cc};\\"'#<]+$/u, 'is not a user: no blanks and none of ; \\ " \' # <');
const method = z.string().regex(/^[A-Z]{2,16}$/, 'is not a method in capitals');

/** A rule that chooses a side whatever the weight. What it names must all hold. */
const rule = z
  .strictObject({
    /** Users by what `identity` finds; may be empty, to be filled while the proxy runs. */
    user: z.preprocess(listed, z.array(user)).optional(),
    header: name.optional(),
    cookie: name.optional(),
    query: name.optional(),
    equals: value.optional(),
    prefix: value.optional(),
    /** In HAProxy's dialect, which HAProxy itself judges. */
    regex: value.optional(),
    /** Beginning of the path. */
    path: value.regex(/^\//, 'does not begin with /').optional(),
    method: z.preprocess(listed, z.array(method).min(1).max(20)).optional(),
    side: z.enum(['canary', 'stable']).default('canary'),
  })
  .superRefine((each, context) => {
    for (const message of problemsOfRule(each)) context.addIssue({ code: 'custom', message });
  });

/** The first rule that fits counts. */
export const match = z
  .array(rule)
  .max(100)
  .superRefine((rules, context) => {
    for (const { path, message } of problemsOfRules(rules))
      context.addIssue({ code: 'custom', path, message });
  });

export type MatchRule = z.output<typeof rule>;

function listed(value: unknown): unknown {
  return typeof value === 'string' ? [value] : value;
}
