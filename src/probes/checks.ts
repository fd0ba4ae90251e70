import { describeUnmet, unmet } from '../analysis/check.ts';
import { requestName } from '../analysis/shape/describe.ts';
import { checksOf, shapeOf } from '../config/analysis.ts';
import { type Check, checkedService } from '../config/checks.ts';
import { expandVariables, missingVariables } from '../config/environment.ts';
import type { Expectation } from '../config/expect.ts';
import { type AnswerFinding, sidesFinding } from './answer-finding.ts';
import {
  type AskRun,
  askContainer,
  type Containers,
  containersNow,
  containerUrls,
  silenceOf,
  usualHeaders,
} from './ask-container.ts';
import { compareSides } from './compare-sides.ts';
import { type Looking, lookingSource } from './repeat.ts';
import type { Source } from './source.ts';

const PATIENCE_MS = 10_000;
/** Bytes of an answer in which texts and values are looked for. */
const MOST_READ = 8 * 1024 * 1024;

/** Runs every check again and again while the canary has users. */
export async function startChecks(run: AskRun): Promise<Source> {
  return lookingSource(
    run,
    checksOf(run.project.config).map((check): Looking => {
      const source = `check ${requestName(check.method, check.path)}`;
      return {
        source,
        everyMs: check.every,
        before: { source, result: 'wait', text: `${source} has not run yet.` },
        look: async (asking) => {
          const { result, text } = await runCheck(asking, check);
          return { source, result, text };
        },
      };
    }),
  );
}

/** What a check says of the canary now; one that fails is tried once more at once. */
export async function runCheck(run: AskRun, check: Check): Promise<AnswerFinding> {
  const missing = missingVariables(Object.values(check.headers), run.context.env);
  const request = requestName(check.method, check.path);
  const service = checkedService(check, run.project.config.services);
  if (missing.length > 0) {
    const text = `${request}: not asked, for the environment has no ${missing.join(', ')}.`;
    return { service, request, result: 'error', text };
  }
  const first = await attempt(run, check, service, request);
  return first.result === 'fail' ? attempt(run, check, service, request) : first;
}

async function attempt(
  run: AskRun,
  check: Check,
  service: string,
  request: string,
): Promise<AnswerFinding> {
  const containers = await containersNow(run);
  const headers = headersOf(run, check, service);
  const { method, path, expect, compare, body } = check;
  const phrases = expect
    ? await unmetByAny(run, containers, expect, {
        ...{ service, method, body, headers },
        target: path,
      })
    : [];
  if (phrases.length > 0)
    return { service, request, result: 'fail', text: describeUnmet(method, path, phrases) };
  if (!compare) return { service, request, result: 'pass', text: `${request}: as expected.` };
  const shape = shapeOf(run.project.config);
  const asked = { service, target: path, headers };
  const compared = await compareSides(run, containers, asked, shape ? shape.allow : []);
  return sidesFinding({ service, method, path }, compared);
}

/** What the first container of the canary that does not answer as expected does not. */
async function unmetByAny(
  run: AskRun,
  containers: Containers,
  expect: Expectation,
  asked: Parameters<typeof unmetBy>[3],
): Promise<string[]> {
  const places = containerUrls(run, containers, 'canary', asked.service);
  if (places.length === 0) return ['no container of the canary runs'];
  const each = await Promise.all(places.map((place) => unmetBy(run, place, expect, asked)));
  return each.find((phrases) => phrases.length > 0) ?? [];
}

async function unmetBy(
  run: AskRun,
  place: string,
  expect: Expectation,
  asked: {
    service: string;
    method: string;
    target: string;
    headers: Record<string, string>;
    body: string | undefined;
  },
): Promise<string[]> {
  const question = { ...asked, timeout: expect.within ?? PATIENCE_MS, limit: MOST_READ };
  try {
    const answer = await askContainer(run, place, 'canary', question);
    return unmet(expect, { ...answer, body: answer.body.toString() });
  } catch (error) {
    run.signal.throwIfAborted();
    return [silenceOf(error)];
  }
}

function headersOf(run: AskRun, check: Check, service: string): Record<string, string> {
  const own = Object.entries(check.headers).map(([name, value]) => [
    name.toLowerCase(),
    expandVariables(value, run.context.env),
  ]);
  return { ...usualHeaders(run, service), ...Object.fromEntries(own) };
}
