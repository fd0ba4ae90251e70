import type { ValueShape } from './value.ts';

/** Why the body of an answer was not looked into. */
export type Unread = 'large' | 'deep';

/** What came of reading a body. */
export type Reading =
  | {
      state: 'read';
      shape: ValueShape;
      /** Words in the text of a page that stand where a value is missing. */
      blanks?: ReadonlySet<string>;
    }
  | { state: 'invalid' }
  | { state: 'unread'; why: Unread };

/** Levels of nesting; what walks a shape may recurse, as no answer is deeper. */
export const DEEPEST = 200;
