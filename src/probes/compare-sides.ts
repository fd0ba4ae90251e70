import { type Answer, BODY_LIMIT } from '../analysis/shape/answer.ts';
import { compareShapes } from '../analysis/shape/compare.ts';
import { describeDifferences, describeUnread, requestName } from '../analysis/shape/describe.ts';
import type { AnswerPath } from '../config/values/answer-path.ts';
import type { ProbeResult } from '../documents/examination.ts';
import type { Run } from '../project/run.ts';
import type { Side } from '../rollout/operation.ts';
import { ended } from '../sentences.ts';
import { askContainer, type ContainerUrls, type Question, type Silence } from './ask-container.ts';

/** The request to both sides; `path`: how messages name it. */
type Asked = Pick<Question, 'service' | 'target' | 'headers'> & { path: string };
type Answers = readonly (Answer | Silence)[];

/**
 * Sends both sides the same GET, each twice and in turn, to learn what varies by itself. If the result looks broken,
 * it asks again: broken only if the canary's later responses are too, compared with all of the stable's.
 */
export async function compareSides(
  run: Run,
  urls: ContainerUrls,
  asked: Asked,
  allowed: readonly AnswerPath[],
): Promise<ProbeResult> {
  const absent = (['stable', 'canary'] as const).find((side) => urls[side].length === 0);
  if (absent) return unmeasured(asked, `no container of the ${absent} runs`);
  const ask = (side: Side, turn: number) => askReplica(run, urls[side], asked, side, turn);
  const first = await askBoth(ask, 0);
  const result = resultOf(asked, first.stable, first.canary, allowed);
  if (result.result !== 'fail') return result;
  const second = await askBoth(ask, 2);
  return resultOf(asked, [...first.stable, ...second.stable], second.canary, allowed);
}

async function askBoth(ask: (side: Side, turn: number) => Promise<Answer | Silence>, from: number) {
  const stable: (Answer | Silence)[] = [];
  const canary: (Answer | Silence)[] = [];
  for (const turn of [from, from + 1]) {
    const answer = await ask('stable', turn);
    stable.push(answer);
    if ('silence' in answer) break;
    canary.push(await ask('canary', turn));
  }
  return { stable, canary };
}

/** Every replica in turn. */
async function askReplica(
  run: Run,
  urls: readonly string[],
  asked: Asked,
  side: Side,
  turn: number,
): Promise<Answer | Silence> {
  const url = urls[turn % urls.length] ?? '';
  const question = { ...asked, method: 'GET', limit: BODY_LIMIT + 1 };
  const answer = await askContainer(run, url, side, question);
  if ('silence' in answer) return answer;
  const { status, headers, body } = answer;
  return { status, contentType: [headers['content-type']].flat()[0], body: body.toString() };
}

function resultOf(
  asked: Asked,
  stable: Answers,
  canary: Answers,
  allowed: readonly AnswerPath[],
): ProbeResult {
  const missing = stable.find((each) => 'silence' in each);
  const [one, two, ...more] = stable.filter(isAnswer);
  // There is nothing to compare.
  if (missing || !one || !two) return unmeasured(asked, `${missing?.silence} from the stable`);
  const { service, path } = asked;
  const request = requestName('GET', path);
  const silent = canary.find((each) => 'silence' in each);
  const [first, ...later] = canary.filter(isAnswer);
  if (silent || !first) {
    const text = `${request}: ${silent?.silence ?? ''} from the canary.`;
    return { service, request, result: 'fail', text };
  }
  const { differences, isBroken, unread } = compareShapes(
    [one, two, ...more],
    [first, ...later],
    allowed,
  );
  const text = describeDifferences('GET', path, differences);
  if (isBroken) return { service, request, result: 'fail', text };
  return { service, request, result: 'pass', text: describeUnread('GET', path, unread) ?? text };
}

function isAnswer(each: Answer | Silence): each is Answer {
  return !('silence' in each);
}

function unmeasured({ service, path }: Asked, why: string): ProbeResult {
  const request = requestName('GET', path);
  return {
    service,
    request,
    result: 'error',
    text: ended(`${request}: nothing was compared, ${why}`),
  };
}
