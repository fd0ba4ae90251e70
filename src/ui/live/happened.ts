import { shortCommit } from '../../compose/model/names.ts';
import { abSentence } from '../../rollout/ab-comparison.ts';
import type { CanaryEvent, ReleaseState } from '../../rollout/events.ts';
import type { JournalRecord } from '../../rollout/journal.ts';
import { isWaiting } from '../../rollout/release.ts';
import { describeStep } from '../../rollout/step.ts';
import { describeOperation } from '../plan-view.ts';
import { duration } from '../progress.ts';

/** What a sign before a text says. */
export type Mark = 'good' | 'bad' | 'waiting' | 'running' | 'unsure' | 'note';

/** Something that happened, in one line. */
export interface Happened {
  mark: Mark;
  text: string;
}

type Telling<E extends CanaryEvent> = (event: E) => Happened | undefined;
type Tellings = { [Type in CanaryEvent['type']]?: Telling<Extract<CanaryEvent, { type: Type }>> };

const TELLINGS: Tellings = {
  'release-created': ({ id, branch, subject }) => ({
    mark: 'running',
    text: `release ${id} of ${branch === '' ? '' : `${branch}: `}${subject}`,
  }),
  'release-resumed': () => ({ mark: 'running', text: 'going on with the release' }),
  'operation-finished': ({ operation, ms }) => ({
    mark: 'good',
    text: `${describeOperation(operation)} ${duration(ms)}`,
  }),
  'operation-failed': ({ operation, message }) => ({
    mark: 'bad',
    text: `${describeOperation(operation)}: ${message}`,
  }),
  'step-begun': ({ index, of, step }) => ({
    mark: 'running',
    text: `step ${index + 1} of ${of}: ${describeStep(step)}`,
  }),
  'step-done': ({ index }) => ({ mark: 'good', text: `step ${index + 1} is done` }),
  'steps-left': () => ({ mark: 'note', text: 'from here on the weight is set by hand' }),
  'state-changed': ({ state, reason }) =>
    // The step says it already.
    state === 'advancing' ? undefined : { mark: markOfState(state), text: `${state}: ${reason}` },
  'verdict-given': ({ verdict: { result, reasons } }) => ({
    mark: markOfResult(result),
    text: `${result}: ${reasons.join(' ')}`,
  }),
  'hook-ran': ({ ok, phase, hook, ms }) => ({
    mark: ok ? 'good' : 'bad',
    text: `${phase} hook ${hook} ${duration(ms)}`,
  }),
  'commit-made': ({ branch, commit, subject }) => ({
    mark: 'note',
    text: `${branch} is at ${shortCommit(commit)}: ${subject}`,
  }),
  'comparison-made': ({ comparison }) => ({ mark: 'note', text: abSentence(comparison) }),
  warning: ({ text }) => ({ mark: 'unsure', text }),
};

/** An event as one line; `undefined` for one that another event tells better. */
export function happened(event: CanaryEvent | JournalRecord): Happened | undefined {
  return (TELLINGS[event.type] as Telling<CanaryEvent> | undefined)?.(event);
}

/** The mark of a state. */
export function markOfState(state: ReleaseState): Mark {
  if (state === 'promoted') return 'good';
  if (state === 'failed' || state === 'reverted') return 'bad';
  if (state === 'inconclusive') return 'unsure';
  return isWaiting(state) ? 'waiting' : 'running';
}

function markOfResult(result: string): Mark {
  if (result === 'pass') return 'good';
  return result === 'fail' ? 'bad' : 'unsure';
}
