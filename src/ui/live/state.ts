import type { Status } from '../../documents/status.ts';
import type { CanaryEvent } from '../../rollout/events.ts';
import type { JournalRecord } from '../../rollout/journal.ts';
import { describeOperation } from '../plan-view.ts';
import { type Happened, happened } from './happened.ts';

/** Something that is going on. */
export interface Ongoing {
  text: string;
  /** When it began, in milliseconds. */
  since: number;
  /** How far it is. */
  detail?: string;
}

/** All that the view knows: the last look at the project, and what its own command has told since. */
export interface LiveState {
  status: Status | undefined;
  /** The release's records at that look. */
  records: readonly JournalRecord[];
  /** The operation of this command. */
  operation: Ongoing | undefined;
  /** The last words of the judge of this command. */
  judging: string | undefined;
  /** What the operator has to know, newest last; of this command only. */
  warnings: readonly (Happened & { at: number })[];
  /** Why the last look failed. */
  problem: string | undefined;
}

export const NOTHING_SEEN: LiveState = {
  status: undefined,
  records: [],
  operation: undefined,
  judging: undefined,
  warnings: [],
  problem: undefined,
};

/** The state after a look. */
export function withLook(
  state: LiveState,
  { status, records }: { status: Status; records: readonly JournalRecord[] },
): LiveState {
  return { ...state, status, records, problem: undefined };
}

/** The state after an event of this command at a time in milliseconds. */
export function withEvent(state: LiveState, event: CanaryEvent, now: number): LiveState {
  const { operation } = state;
  switch (event.type) {
    case 'operation-started':
      return { ...state, operation: { text: describeOperation(event.operation), since: now } };
    case 'operation-finished':
    case 'operation-failed':
      return { ...state, operation: undefined };
    case 'progress':
      return operation ? { ...state, operation: { ...operation, detail: event.text } } : state;
    case 'step-begun':
    case 'step-done':
      return { ...state, judging: undefined };
    case 'judging':
      return { ...state, judging: event.text };
    case 'warning': {
      const told = happened(event);
      return told ? { ...state, warnings: [...state.warnings, { ...told, at: now }] } : state;
    }
    default:
      return state;
  }
}

/** The operation that a command, this one or another, works on. */
export function ongoing({ operation, status, records }: LiveState): Ongoing | undefined {
  if (operation) return operation;
  if (!status?.lock) return undefined;
  const last = records.findLast(({ type }) => type.startsWith('operation-'));
  if (last?.type !== 'operation-started') return undefined;
  return { text: describeOperation(last.operation), since: Date.parse(last.at) };
}
