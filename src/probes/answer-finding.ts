import { describeDifferences, describeUnread, requestName } from '../analysis/shape/describe.ts';
import type { SidesResult } from './compare-sides.ts';

/** What one request found out about the canary. */
export interface AnswerFinding {
  service: string;
  /** Without its query: `GET /discount`. */
  request: string;
  /** `error`: it could not be found out, which is never a pass. */
  result: 'pass' | 'fail' | 'error';
  /** One sentence; never a query, a header or a body. */
  text: string;
}

/** What a comparison of both sides says. */
export function sidesFinding(
  { service, method, path }: { service: string; method: string; path: string },
  compared: SidesResult,
): AnswerFinding {
  const request = requestName(method, path);
  const finding = (result: AnswerFinding['result'], text: string) => ({
    service,
    request,
    result,
    text,
  });
  switch (compared.result) {
    case 'unmeasured':
      return finding('error', `${request}: nothing was compared, ${compared.why}.`);
    case 'silent':
      return finding('fail', `${request}: ${compared.why} from the canary.`);
    case 'compared': {
      const { differences, isBroken, unread } = compared.comparison;
      const text = describeDifferences(method, path, differences);
      if (isBroken) return finding('fail', text);
      return finding('pass', describeUnread(method, path, unread) ?? text);
    }
  }
}
