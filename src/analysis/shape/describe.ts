import { BODY_LIMIT } from './answer.ts';
import type { Difference } from './difference.ts';
import { printable } from './printable.ts';
import { DEEPEST, type Unread } from './reading.ts';

const SHOWN = 3;

const REASONS: Readonly<Record<Unread, string>> = {
  large: `is larger than ${BODY_LIMIT / 1024 / 1024} MiB`,
  deep: `is nested deeper than ${DEEPEST} levels`,
};

/** `GET /discount: $[].code is missing on the canary, $[].coupon is new.` Names of types, never values. */
export function describeDifferences(
  method: string,
  path: string,
  differences: readonly Difference[],
): string {
  const phrases = differences.slice(0, SHOWN).map((each, index) => {
    const [what, insteadOf = ''] = phrase(each);
    return `${what}${index === 0 ? ' on the canary' : ''}${insteadOf}`;
  });
  const more = differences.length - phrases.length;
  const told = phrases.length > 0 ? phrases.join(', ') : 'no difference of structure';
  return `${requestName(method, path)}: ${told}${more > 0 ? `, and ${more} more` : ''}.`;
}

/** States that a body was left out of the comparison; `undefined` if none was. */
export function describeUnread(
  method: string,
  path: string,
  unread: readonly Unread[],
): string | undefined {
  if (unread.length === 0) return undefined;
  const reasons = unread.map((why) => REASONS[why]).join(' or ');
  return `${requestName(method, path)}: only status and content type were compared, the body ${reasons}.`;
}

/** What the canary does, and what the stable does if that does not follow from it. */
function phrase({ kind, path, stable, canary }: Difference): [what: string, insteadOf?: string] {
  switch (kind) {
    case 'missing':
      return [`${path} is ${canary}`];
    case 'new':
      return [`${path} is new`];
    case 'type':
      return [`${path} is ${withArticles(canary)}`, ` instead of ${withArticles(stable)}`];
    case 'nullness':
      return [`${path} is ${canary === 'null' ? 'null' : 'sometimes null'}`];
    case 'status':
      return [`the status is ${canary}`, ` instead of ${stable}`];
    case 'content-type':
      return [`the content type is ${canary}`, ` instead of ${stable}`];
    case 'blank':
      return [`the text has \`${canary}\``];
    case 'invalid':
      return [`the body is ${canary}`];
  }
}

function withArticles(types: string): string {
  const words = types.split(' or ').map((type) => {
    if (type === 'null') return type;
    return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
  });
  return words.join(' or ');
}

/** The request without its query, whose values may be secrets. */
export function requestName(method: string, path: string): string {
  const end = path.search(/[?#]/);
  const plain = end < 0 ? path : `${path.slice(0, end)}?…`;
  return `${method} ${printable(plain)}`;
}
