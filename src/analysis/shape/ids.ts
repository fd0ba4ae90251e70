const UUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/gi;
/** With a digit somewhere. */
const NUMBER_LIKE = /^[\d\p{P}\p{S}\s]+$/u;
const HEX = /^(?=.*\d)[0-9a-f]{8,}$/i;
const LONGEST_NAME = 64;
const LONGEST_TOKEN = 24;

/**
 * Whether a key of an object is data and not a name that a program knows: numbers, dates and
 * addresses, UUIDs, hashes, random tokens (also with a prefix such as `cus_`), mail addresses, very
 * long keys.
 */
export function looksLikeId(key: string): boolean {
  if (key.length > LONGEST_NAME || key.includes('@')) return true;
  if (!/\d/.test(key)) return false;
  if (NUMBER_LIKE.test(key)) return true;
  const last = key.slice(Math.max(key.lastIndexOf('_'), key.lastIndexOf(':')) + 1);
  return [key, last].some((text) => text.search(UUID) === 0 || HEX.test(text) || isRandom(text));
}

/**
 * The name of an element with `*` for the parts that are data: `row-17` is `row-*`; `undefined` if
 * all of it is data.
 */
export function maskIds(name: string): string | undefined {
  const masked = name
    .replace(UUID, '0')
    .replace(/[^\p{L}\p{N}_.:[\]]+/gu, '-')
    .split(/([_.:[\]-]+)/)
    .map(maskToken)
    .join('');
  return /\p{L}/u.test(masked) && masked.length <= LONGEST_NAME ? masked : undefined;
}

function maskToken(token: string): string {
  const counted = /^(\p{L}{4,})\d+$/u.exec(token);
  if (counted) return `${counted[1]}*`;
  return /\p{N}/u.test(token) || token.length > LONGEST_TOKEN ? '*' : token;
}

/**
 * Digits spread over the word: 12 or more letters and digits, with digits in three or more places.
 */
function isRandom(text: string): boolean {
  return /^[A-Za-z0-9]{12,}$/.test(text) && (text.match(/\d+/g)?.length ?? 0) >= 3;
}
