import { z } from 'zod';
import { type AnswerPath, readAnswerPath } from './answer-path.ts';

const place = z
  .string()
  .max(500)
  .transform((text, context): AnswerPath => {
    const path = readAnswerPath(text);
    if (path) return path;
    context.addIssue({
      code: 'custom',
      message: 'is not a path such as `$[].coupon`, `$.items[*].price` or `main > form`',
    });
    return z.NEVER;
  });

/** Changes of answers that are meant: what is at or below these paths is no difference. */
export const allow = z.array(place).max(100);
