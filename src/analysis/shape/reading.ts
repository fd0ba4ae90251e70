import type { ValueShape } from './value.ts';

/** Why the body of a response was not read. */
export type Unread = 'large' | 'deep';

/** The result of reading a body. */
export type Reading =
  | {
      state: 'read';
      shape: ValueShape;
      /** Words in the text of a page that are shown where a value is missing. */
      blanks?: ReadonlySet<string>;
    }
  | { state: 'invalid' }
  | { state: 'unread'; why: Unread };

/**
 * Maximum levels of nesting; code that walks a shape may recurse, because no response is deeper.
 */
export const DEEPEST = 200;
