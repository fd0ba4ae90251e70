import type { Ora } from 'ora';
import { shortCommit } from '../compose/model/names.ts';
import { formatBytes } from '../database/bytes.ts';
import { formatWeight } from '../proxy/weight.ts';
import type { CanaryEvent, EventSink } from '../rollout/events.ts';
import { describeStep } from '../rollout/step.ts';
import { comparisonText } from './comparison-view.ts';
import { forecastText } from './forecast-view.ts';
import { describeOperation, formatPlan } from './plan-view.ts';
import { findingLines } from './rehearsal-view.ts';
import { resultMark, type Theme } from './theme.ts';

export interface Terminal {
  /** Writes progress to standard error, so that standard output contains only the result. */
  write(text: string): void;
  theme: Theme;
  isVerbose: boolean;
}

/** Progress as lines on a terminal, with a spinner during operations and steps. */
export async function spinningProgress(
  terminal: Terminal,
  stream: NodeJS.WritableStream,
): Promise<EventSink> {
  const { default: ora } = await import('ora');
  const { theme } = terminal;
  let spinner: Ora | undefined;
  let held = '';
  return (event) => {
    if (endsWait(event)) {
      spinner?.stop();
      spinner = undefined;
    }
    const line = eventLine(event, theme, terminal.isVerbose);
    if (line !== undefined) {
      spinner?.clear();
      terminal.write(`${line}\n`);
      spinner?.render();
    }
    if ((event.type === 'judging' || event.type === 'progress') && spinner)
      spinner.text = theme.printable(`${held} ${theme.dim(event.text)}`);
    const text = waitOf(event);
    if (text !== undefined) held = text;
    if (text !== undefined)
      spinner = ora({ stream, text: theme.printable(text), discardStdin: false }).start();
  };
}

/** What canary waits for from this event on. */
export function waitOf(event: CanaryEvent): string | undefined {
  if (event.type === 'operation-started') return describeOperation(event.operation);
  if (event.type !== 'step-begun' || 'pause' in event.step) return undefined;
  return describeStep(event.step);
}

/** Whether an event ends what canary waited for. */
export function endsWait(event: CanaryEvent): boolean {
  if (event.type === 'state-changed') return event.state !== 'advancing';
  return ['operation-finished', 'operation-failed', 'step-done'].includes(event.type);
}

type LineOf<E extends CanaryEvent> = (event: E, theme: Theme) => string;
type EventLines = { [Type in CanaryEvent['type']]?: LineOf<Extract<CanaryEvent, { type: Type }>> };

const LINES: EventLines = {
  'release-created': ({ id, branch, subject }, theme) =>
    `${theme.canary('◆')} release ${theme.bold(id)} of ${branch === '' ? '' : `${branch}: `}${subject}`,
  foreseen: ({ forecast }, theme) => forecastText(forecast, theme),
  'release-resumed': (_, theme) => `${theme.canary('◆')} going on with the release`,
  'operation-finished': ({ operation, ms }, theme) =>
    `${theme.good('✔')} ${describeOperation(operation)} ${theme.dim(duration(ms))}`,
  'operation-failed': ({ operation }, theme) => `${theme.bad('✖')} ${describeOperation(operation)}`,
  'commit-made': ({ branch, commit, subject }, theme) =>
    `${theme.dim('·')} ${branch} is at ${shortCommit(commit)}: ${subject}`,
  notice: ({ text }, theme) => `${theme.dim('·')} ${text}`,
  warning: ({ text }, theme) => `${theme.warn('!')} ${text}`,
  'lock-broken': ({ command, owner, pid }, theme) =>
    `${theme.warn('!')} broke the lock of \`canary ${command}\` (${owner}, process ${pid}), which ended without giving it back`,
  'remote-said': ({ line }, theme) => `${theme.dim('remote:')} ${line}`,
  'step-begun': ({ index, of, step }, theme) =>
    `${theme.canary('◆')} step ${index + 1} of ${of}: ${describeStep(step)}`,
  'verdict-given': ({ verdict: { result, reasons } }, theme) =>
    reasons.map((each) => `${resultMark(result, theme)} ${theme.bold(result)}: ${each}`).join('\n'),
  'hook-ran': ({ ok, phase, hook, ms }, theme) =>
    `${ok ? theme.good('✔') : theme.bad('✖')} ${phase} hook ${hook} ${theme.dim(duration(ms))}`,
  'comparison-made': ({ comparison }) => comparisonText(comparison),
  'backed-up': ({ tables, service, bytes }, theme) =>
    `${theme.dim('·')} kept ${tables.join(', ')} of ${service} as before (${formatBytes(bytes)})`,
};

/** Events that are printed only with `--verbose`. */
const DETAILS: EventLines = {
  'plan-made': ({ plan }) => formatPlan(plan),
  'weight-set': ({ weight }) => `· weight ${formatWeight(weight)}`,
  'state-changed': ({ state, reason }) => `· ${state}: ${reason}`,
  notified: ({ target, event, ok, answer }) =>
    `· ${ok ? 'told' : 'could not tell'} ${target} of ${event}: ${answer}`,
  output: ({ line }) => `  ${line}`,
  progress: ({ text }) => `· ${text}`,
  judging: ({ text }) => `· ${text}`,
};

/** An event as a line for people; `undefined` for one that is only told with `--verbose`, or never. */
export function eventLine(event: CanaryEvent, theme: Theme, isVerbose = false): string | undefined {
  // A rejected rehearsal is reported by its error.
  if (event.type === 'rehearsed')
    return event.isRefused ? undefined : findingLines(event.report, theme).join('\n');
  const detail = DETAILS[event.type] as LineOf<CanaryEvent> | undefined;
  if (detail) return isVerbose ? theme.dim(detail(event, theme)) : undefined;
  return (LINES[event.type] as LineOf<CanaryEvent> | undefined)?.(event, theme);
}

/** A time that something took. */
export function duration(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
}
