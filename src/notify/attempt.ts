import { printable } from '../analysis/shape/printable.ts';
import type { NotifyTarget } from '../config/sections/notify.ts';
import { fillVariables } from '../config/values/environment.ts';
import { valueHider } from '../config/values/hide-values.ts';
import type { Context } from '../context.ts';
import { messageOf } from '../errors.ts';
import { answerWords } from '../probes/answer-words.ts';
import { isGood } from '../probes/ask-configured.ts';
import { variablesOf } from '../probes/release-facts.ts';
import type { HttpAnswer } from '../system/http.ts';
import { readAddress } from './address.ts';
import { bodyOf } from './bodies/body-of.ts';
import type { Message } from './message.ts';

/** How one attempt ended. `words`: a line without secrets, such as `200: ok` or `connect ECONNREFUSED`. */
export interface Attempt {
  ok: boolean;
  words: string;
  /** The status of the answer, if there was one. */
  status?: number;
  /** Whether it may go better later, and if the other side said so, after how many milliseconds. */
  mayRetry: boolean;
  retryAfter?: number | undefined;
}

type World = Pick<Context, 'env' | 'http' | 'runProgram' | 'clock'>;

/** How much of an answer is read, in bytes. */
const LIMIT_BYTES = 4000;
const NO_TIME = 'no answer before the command ended';
/** Statuses by which a server says that it may go better later. */
const LATER = [408, 425, 429, 500, 502, 503, 504];

/** Tells a target once. Never rejects; an abort ends it as a problem. */
export async function attempt(
  world: World,
  directory: string,
  target: NotifyTarget,
  message: Message,
  signal: AbortSignal,
): Promise<Attempt> {
  if (target.kind === 'run') return runTarget(world, directory, target, message, signal);
  const found = await readAddress(target.address, world.env, directory);
  if ('problem' in found) return { ok: false, words: found.problem, mayRetry: false };
  const { body, headers } = bodyOf(target, message);
  const filled = fillHeaders(headers, world.env);
  if ('missing' in filled)
    return {
      ok: false,
      words: `${filled.missing} is not set in the environment`,
      mayRetry: false,
    };
  const hideHeaders = valueHider(Object.entries(filled.values));
  const hide = (text: string) => hideHeaders(found.hide(text));
  const { timeout } = target;
  const request = { url: found.url, method: 'POST', headers: filled.headers, body, timeout };
  try {
    const answer = await world.http({ ...request, limit: LIMIT_BYTES }, signal);
    return judged(answer, hide, world.clock.machineTime());
  } catch (error) {
    const why = signal.aborted ? NO_TIME : hide(printable(messageOf(error)));
    return { ok: false, words: why, mayRetry: !signal.aborted };
  }
}

function judged(answer: HttpAnswer, hide: (text: string) => string, now: Date): Attempt {
  const { status } = answer;
  const words = answerWords(answer, hide);
  if (isGood(answer)) return { ok: true, words, status, mayRetry: false };
  if (status >= 300 && status < 400) {
    // Another address would get what only this one may know.
    return { ok: false, words: `${status}: redirects are not followed`, status, mayRetry: false };
  }
  const retryAfter = waitOf(answer.headers['retry-after'], now);
  return { ok: false, words, status, mayRetry: LATER.includes(status), retryAfter };
}

/** The header Retry-After, seconds or a date, in milliseconds. */
function waitOf(value: string | string[] | undefined, now: Date): number | undefined {
  if (typeof value !== 'string') return undefined;
  if (/^\d{1,9}(\.\d{1,6})?$/.test(value)) return Math.ceil(Number(value) * 1000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}

function fillHeaders(headers: Readonly<Record<string, string>>, env: World['env']) {
  const values: Record<string, string> = {};
  const filled: Record<string, string> = {};
  for (const [name, text] of Object.entries(headers)) {
    const header = fillVariables(text, env);
    if ('missing' in header) return header;
    filled[name] = header.text;
    Object.assign(values, header.values);
  }
  return { headers: filled, values };
}

/** A program gets the message in its environment. What it prints is not shown: it may be a secret. */
async function runTarget(
  { runProgram }: World,
  cwd: string,
  { run: argv, timeout }: Extract<NotifyTarget, { kind: 'run' }>,
  { event, title, text, command, about }: Message,
  signal: AbortSignal,
): Promise<Attempt> {
  const facts = variablesOf({ ...about, event, title, text, command });
  try {
    const end = await runProgram({ argv, cwd, facts, timeout }, signal);
    if ('problem' in end) return { ok: false, words: `it ${end.problem}`, mayRetry: false };
    return { ok: end.exitCode === 0, words: `exit code ${end.exitCode}`, mayRetry: false };
  } catch (error) {
    return { ok: false, words: signal.aborted ? NO_TIME : messageOf(error), mayRetry: false };
  }
}
