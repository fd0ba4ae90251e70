import { type Answer, BODY_LIMIT } from '../analysis/shape/answer.ts';
import { compareShapes, type ShapeComparison } from '../analysis/shape/compare.ts';
import type { AnswerPath } from '../config/answer-path.ts';
import type { Side } from '../rollout/operation.ts';
import {
  type AskRun,
  askContainer,
  type Containers,
  containerUrls,
  type Question,
  silenceOf,
} from './ask-container.ts';

/** What came of asking both sides the same. */
export type SidesResult =
  | { result: 'compared'; comparison: ShapeComparison }
  /** The canary gave no answer where the stable did; why, in the words of the connection. */
  | { result: 'silent'; why: string }
  /** The stable gave none, or a side does not run: there is nothing to compare. */
  | { result: 'unmeasured'; why: string };

type Asked = Omit<Question, 'timeout' | 'limit' | 'method'>;
type Silence = { why: string };

const PATIENCE_MS = 10_000;

/**
 * Asks both sides the same GET, each twice and in turn, so that what varies by itself is known. What looks broken is
 * asked again, and is broken when the canary's later answers are too, beside all that the stable gave.
 */
export async function compareSides(
  run: AskRun,
  containers: Containers,
  asked: Asked,
  allowed: readonly AnswerPath[],
): Promise<SidesResult> {
  const places = {
    stable: containerUrls(run, containers, 'stable', asked.service),
    canary: containerUrls(run, containers, 'canary', asked.service),
  };
  for (const side of ['stable', 'canary'] as const)
    if (places[side].length === 0)
      return { result: 'unmeasured', why: `no container of the ${side} runs` };
  const ask = (side: Side, turn: number) => askSide(run, places[side], asked, side, turn);
  const first = await askBoth(ask, 0);
  const before = judge(first.stable, first.canary, allowed);
  if (before.result === 'unmeasured') return before;
  if (before.result === 'compared' && !before.comparison.isBroken) return before;
  const second = await askBoth(ask, 2);
  return judge([...first.stable, ...second.stable], second.canary, allowed);
}

async function askBoth(ask: (side: Side, turn: number) => Promise<Answer | Silence>, from: number) {
  const stable: (Answer | Silence)[] = [];
  const canary: (Answer | Silence)[] = [];
  for (const turn of [from, from + 1]) {
    const answer = await ask('stable', turn);
    stable.push(answer);
    if (isSilence(answer)) break;
    canary.push(await ask('canary', turn));
  }
  return { stable, canary };
}

function judge(
  stable: readonly (Answer | Silence)[],
  canary: readonly (Answer | Silence)[],
  allowed: readonly AnswerPath[],
): SidesResult {
  const missing = stable.find(isSilence);
  const [one, two, ...more] = stable.filter(isAnswer);
  if (missing || !one || !two)
    return { result: 'unmeasured', why: `${missing?.why} from the stable` };
  const silence = canary.find(isSilence);
  const [first, ...later] = canary.filter(isAnswer);
  if (silence || !first) return { result: 'silent', why: silence?.why ?? '' };
  const comparison = compareShapes([one, two, ...more], [first, ...later], allowed);
  return { result: 'compared', comparison };
}

/** Every replica in turn. */
async function askSide(
  run: AskRun,
  places: readonly string[],
  asked: Asked,
  side: Side,
  turn: number,
): Promise<Answer | Silence> {
  const place = places[turn % places.length] ?? '';
  const question = { ...asked, method: 'GET', timeout: PATIENCE_MS, limit: BODY_LIMIT + 1 };
  try {
    const { status, headers, body } = await askContainer(run, place, side, question);
    return { status, contentType: [headers['content-type']].flat()[0], body: body.toString() };
  } catch (error) {
    run.signal.throwIfAborted();
    return { why: silenceOf(error) };
  }
}

function isSilence(answer: Answer | Silence): answer is Silence {
  return 'why' in answer;
}

function isAnswer(answer: Answer | Silence): answer is Answer {
  return !isSilence(answer);
}
