import { printable } from '../analysis/shape/printable.ts';
import type { HttpAnswer } from '../system/http.ts';

/** In characters; more of an answer is not shown. */
const LONGEST = 200;

/** The status of an answer and the beginning of its body, in one line that a terminal only shows: `400: no_text`. */
export function answerWords(
  { status, body }: Pick<HttpAnswer, 'status' | 'body'>,
  hide: (text: string) => string,
): string {
  // Hidden before it is cut: half of a secret is not recognised.
  const said = hide(body.toString('utf8').slice(0, 4 * LONGEST))
    .replace(/\s+/g, ' ')
    .trim();
  const shown = said.length > LONGEST ? `${said.slice(0, LONGEST)}…` : said;
  return shown === '' ? String(status) : `${status}: ${printable(shown)}`;
}
