import { z } from 'zod';
import { listed } from './values.ts';

/** What a measured number is compared with. */
export interface Condition {
  operator: '<=' | '>=' | '==' | '!=' | '<' | '>';
  number: number;
}

const FORM = /^(<=|>=|==|!=|<|>)\s*([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,2})?)$/;

const PROBLEM = 'is not a comparison such as "< 0.01"';

const one = z
  .string(PROBLEM)
  .regex(FORM, PROBLEM)
  .transform((text): Condition => {
    const [, operator, number] = FORM.exec(text) ?? [];
    return { operator: operator as Condition['operator'], number: Number(number) };
  });

/** One comparison, or several that must all hold. */
export const conditions = listed(z.array(one).min(1, 'compares with nothing').max(10));
