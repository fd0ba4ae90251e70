import { InvalidArgumentError } from '@commander-js/extra-typings';
import { SIGNALS, type Signal } from '../analysis/signals.ts';
import type { SetupStep } from '../compose/choose/setup.ts';
import { type Exception, parseException } from '../config/exception.ts';
import { parseDuration } from '../config/values/duration.ts';
import { IDENTITY_PLACE } from '../config/values/identity-place.ts';
import { ROLES, type Role } from '../config/values/role.ts';
import { CanaryError, messageOf } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { parseWeight } from '../proxy/weight.ts';
import { RELEASE_STATES, type ReleaseState } from '../rollout/events.ts';

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

/** A positive integer. */
export function countArgument(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError(`\`${text}\` is not a count.`);
}

/** A duration in milliseconds. */
export function durationArgument(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  throw new InvalidArgumentError(`\`${text}\` is not a duration such as 30s or 10m.`);
}

/** A probability above 0 and below 1. */
export function chanceArgument(text: string): number {
  const chance = Number(text);
  if (/^0?\.\d+$/.test(text) && chance > 0) return chance;
  throw new InvalidArgumentError(`\`${text}\` is not a chance such as 0.01.`);
}

/** Gathers exceptions from what a rehearsal rejects. */
export function collectException(text: string, earlier: Exception[]): Exception[] {
  const exception = parseException(text);
  if (exception) return [...earlier, exception];
  throw new InvalidArgumentError(
    `\`${text}\` is not an exception such as destructive:TABLE, contracting:TABLE, unclassified:NAME or unrehearsed:SERVICE.`,
  );
}

/** Gathers states of a release. */
export function collectState(text: string, earlier: ReleaseState[]): ReleaseState[] {
  return [...earlier, oneOf(RELEASE_STATES, text)];
}

/** Gathers signals of the judge. */
export function collectSignal(text: string, earlier: Signal[]): Signal[] {
  return [...earlier, oneOf(SIGNALS, text)];
}

/** Gathers what services are, as `NAME=ROLE`. */
export function collectRole(text: string, earlier: Record<string, Role>): Record<string, Role> {
  const [name, role] = pairOf(text);
  return { ...earlier, [name]: oneOf(ROLES, role) };
}

/** Gathers the ports through which users come, as `NAME=PORT`. */
export function collectEntry(text: string, earlier: Record<string, number>) {
  const [name, port] = pairOf(text);
  return { ...earlier, [name]: countArgument(port) };
}

/** Gathers what mounts are, as `PATH=shared` or `PATH=branch`. */
export function collectMount(text: string, earlier: Record<string, 'shared' | 'branch'>) {
  const [path, side] = pairOf(text);
  return { ...earlier, [path]: oneOf(['shared', 'branch'], side) };
}

/** Gathers where requests name their user, in the words of canary.yaml. */
export function collectIdentity(text: string, earlier: string[]): string[] {
  if (IDENTITY_PLACE.test(text)) return [...earlier, text];
  throw new InvalidArgumentError(
    `\`${text}\` is not header:NAME, cookie:NAME, query:NAME, jwt:CLAIM or source.`,
  );
}

/** Steps as `WEIGHT:DURATION`, separated by commas; or `none`. */
export function stepsArgument(text: string): SetupStep[] {
  if (text === 'none') return [];
  let before = 0;
  return text.split(',').map((each) => {
    const [, percent = '', hold = ''] = /^([^:]*):(.*)$/.exec(each.trim()) ?? [];
    if (percent === '' || hold === '')
      throw new InvalidArgumentError(`\`${each}\` is not a step such as 5:10m.`);
    durationArgument(hold);
    const weight = weightArgument(percent);
    if (weight <= before)
      throw new InvalidArgumentError(`\`${each}\` is not above ${before} %: weights rise.`);
    before = weight;
    return { weight, for: hold };
  });
}

/** What follows the last step. */
export function promoteArgument(text: string): 'auto' | 'manual' {
  return oneOf(['auto', 'manual'], text);
}

/** Gathers images by service, as `NAME=IMAGE` or `NAME@DIGEST`. */
export function collectImage(text: string, earlier: Record<string, string>) {
  const [, name = '', sign = '', image = ''] = /^([^=@]+)([=@])(.+)$/.exec(text) ?? [];
  if (name === '')
    throw new InvalidArgumentError(`\`${text}\` is not SERVICE=IMAGE or SERVICE@sha256:….`);
  return { ...earlier, [name]: sign === '@' ? `@${image}` : image };
}

/** Gathers values of variables, as `NAME=VALUE`. */
export function collectVariable(text: string, earlier: Record<string, string>) {
  const [, name = '', value = ''] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
  if (name === '') throw new InvalidArgumentError(`\`${text}\` is not NAME=VALUE.`);
  return { ...earlier, [name]: value };
}

function pairOf(text: string): [string, string] {
  const at = text.lastIndexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new InvalidArgumentError(`\`${text}\` is not a pair such as NAME=VALUE.`);
}

/** One of the known texts. */
export function oneOf<T extends string>(known: readonly T[], text: string): T {
  const found = known.find((each) => each === text);
  if (found) return found;
  throw new InvalidArgumentError(
    `\`${text}\` is none of ${known.join(', ')}.${didYouMean(text, known)}`,
  );
}

/** The value of an option that a command needs; throws `usage` without it. */
export function required<T>(value: T | undefined, flags: string): T {
  if (value !== undefined) return value;
  throw new CanaryError('usage', `Option \`${flags}\` is missing.`, {
    hint: 'Run the command with `--help` to see its options.',
  });
}
