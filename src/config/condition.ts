import { z } from 'zod';

const OPERATORS = ['<=', '>=', '==', '!=', '<', '>'] as const;

/** What a measured number is compared with. */
export interface Condition {
  operator: (typeof OPERATORS)[number];
  number: number;
}

const FORM = /^(<=|>=|==|!=|<|>)\s*([+-]?\d+(?:\.\d+)?(?:e[+-]?\d{1,2})?)$/i;

const one = z
  .string({ error: 'is not a comparison such as "< 0.01"' })
  .regex(FORM, 'is not a comparison such as "< 0.01"')
  .transform((text): Condition => {
    const [, operator, number] = FORM.exec(text) ?? [];
    return { operator: operator as Condition['operator'], number: Number(number) };
  });

/** One comparison, or several that all have to hold. */
export const conditions = z.preprocess(
  (value) => (Array.isArray(value) ? value : [value]),
  z.array(one).min(1, 'compares with nothing').max(10),
);
