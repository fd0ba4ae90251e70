import { InvalidArgumentError } from '@commander-js/extra-typings';
import { CanaryError, messageOf } from '../errors.ts';
import { parseWeight } from '../proxy/weight.ts';

/** Gathers the values of a flag that may be given several times. */
export const collect = (value: string, earlier: string[]): string[] => [...earlier, value];

/** A share of users in percent. */
export function weightArgument(text: string): number {
  try {
    return parseWeight(text);
  } catch (error) {
    const hint = error instanceof CanaryError ? ` ${error.hint}` : '';
    throw new InvalidArgumentError(`${messageOf(error)}${hint}`);
  }
}

/** How many of something. */
export function countArgument(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError(`\`${text}\` is not a number of releases.`);
}
