import { describeUnmet, unmet } from '../analysis/check.ts';
import type { Opinion } from '../analysis/opinion.ts';
import { requestName } from '../analysis/shape/describe.ts';
import { checksOf, shapeOf } from '../config/sections/analysis.ts';
import { type Check, checkedService } from '../config/sections/checks.ts';
import type { Expectation } from '../config/sections/expect.ts';
import { expandVariables, missingVariables } from '../config/values/environment.ts';
import type { ProbeResult } from '../documents/examination.ts';
import type { Run } from '../project/run.ts';
import type { Side } from '../rollout/operation.ts';
import {
  askContainer,
  containerUrls,
  lowerCased,
  type Question,
  usualHeaders,
} from './ask-container.ts';
import { compareSides } from './compare-sides.ts';
import { type Looking, lookingSource, type Source } from './source.ts';

/** How many bytes of a response are searched for texts and values. */
const MOST_READ = 8 * 1024 * 1024;

/** Runs every check repeatedly while the canary has users. */
export async function startChecks(run: Run): Promise<Source> {
  return lookingSource(run, checksOf(run.project.config).map(repeated));
}

function repeated(check: Check): Looking {
  const source = `check ${requestName(check.method, check.path)}`;
  let opinion: Opinion = { source, result: 'wait', text: `${source} has not run yet.` };
  return {
    source,
    everyMs: check.every,
    look: async (run) => {
      const { result, text } = await runCheck(run, check);
      opinion = { source, result, text };
    },
    opinion: () => opinion,
  };
}

/** The current result of a check on one side; by default a failed check is repeated once, immediately. */
export async function runCheck(
  run: Run,
  check: Check,
  { side = 'canary', tries = 2 }: { side?: Side; tries?: number } = {},
): Promise<ProbeResult> {
  const missing = missingVariables(Object.values(check.headers), run.context.env);
  const request = requestName(check.method, check.path);
  const service = checkedService(check, run.project.config.services);
  if (missing.length > 0) {
    const text = `${request}: not asked: the environment has no ${missing.join(', ')}.`;
    return { service, request, result: 'error', text };
  }
  const first = await attempt(run, check, service, request, side);
  const isFinal = first.result !== 'fail' || tries < 2;
  return isFinal ? first : attempt(run, check, service, request, side);
}

async function attempt(
  run: Run,
  check: Check,
  service: string,
  request: string,
  side: Side,
): Promise<ProbeResult> {
  const urls = await containerUrls(run, service);
  const { method, path, body, expect, compare } = check;
  const headers = headersOf(run, check, service);
  const asked = { service, method, target: path, path, body, headers };
  const phrases = expect ? await unmetByAny(run, urls[side], expect, asked, side) : [];
  if (phrases.length > 0)
    return { service, request, result: 'fail', text: describeUnmet(method, path, phrases) };
  if (!compare) return { service, request, result: 'pass', text: `${request}: as expected.` };
  const shape = shapeOf(run.project.config);
  return compareSides(run, urls, asked, shape ? shape.allow : []);
}

/** The unmet expectations of the first canary container that has any. */
async function unmetByAny(
  run: Run,
  urls: readonly string[],
  expect: Expectation,
  asked: Omit<Question, 'limit'>,
  side: Side,
): Promise<string[]> {
  if (urls.length === 0) return [`no container of the ${side} runs`];
  const question = { ...asked, timeout: expect.within, limit: MOST_READ };
  const each = await Promise.all(
    urls.map(async (url) => {
      const answer = await askContainer(run, url, side, question);
      if ('silence' in answer) return [answer.silence];
      return unmet(expect, { ...answer, body: answer.body.toString() });
    }),
  );
  return each.find((phrases) => phrases.length > 0) ?? [];
}

function headersOf(run: Run, check: Check, service: string): Record<string, string> {
  const own = Object.entries(check.headers).map(([name, value]) => [
    name,
    expandVariables(value, run.context.env),
  ]);
  return { ...usualHeaders(run, service), ...lowerCased(Object.fromEntries(own)) };
}
