import type { Ora } from 'ora';
import { formatBytes } from '../database/bytes.ts';
import { formatWeight } from '../proxy/weight.ts';
import type { CanaryEvent, EventSink } from '../rollout/events.ts';
import { describeOperation, formatPlan } from '../rollout/format-plan.ts';
import { describeStep } from '../rollout/step.ts';
import type { ReleaseVerdict } from '../rollout/verdict.ts';
import { comparisonText } from './comparison-view.ts';
import { findingLines } from './rehearsal-view.ts';
import type { Theme } from './theme.ts';

export interface Terminal {
  /** Where progress goes: standard error, so that standard output is the result alone. */
  write(text: string): void;
  theme: Theme;
  isVerbose: boolean;
}

/** One line when something is done or goes wrong; for logs, pipes and CI. */
export function plainProgress({ write, theme, isVerbose }: Terminal): EventSink {
  return (event) => {
    const line = lineOf(event, theme, isVerbose);
    if (line !== undefined) write(`${line}\n`);
  };
}

/** The same, with a spinner while a step runs. */
export async function spinningProgress(
  terminal: Terminal,
  stream: NodeJS.WritableStream,
): Promise<EventSink> {
  const { default: ora } = await import('ora');
  let spinner: Ora | undefined;
  let held = '';
  return (event) => {
    if (endsWait(event)) {
      spinner?.stop();
      spinner = undefined;
    }
    const line = lineOf(event, terminal.theme, terminal.isVerbose);
    if (line !== undefined) {
      spinner?.clear();
      terminal.write(`${line}\n`);
      spinner?.render();
    }
    if ((event.type === 'judging' || event.type === 'progress') && spinner)
      spinner.text = `${held} ${terminal.theme.dim(event.text)}`;
    const text = waitOf(event);
    if (text !== undefined) held = text;
    if (text !== undefined) spinner = ora({ stream, text, discardStdin: false }).start();
  };
}

/** What is waited for from this event on. */
function waitOf(event: CanaryEvent): string | undefined {
  if (event.type === 'operation-started') return describeOperation(event.operation);
  if (event.type !== 'step-begun' || 'pause' in event.step) return undefined;
  return describeStep(event.step);
}

function endsWait(event: CanaryEvent): boolean {
  if (event.type === 'state-changed') return event.state !== 'advancing';
  return ['operation-finished', 'operation-failed', 'step-done'].includes(event.type);
}

function lineOf(event: CanaryEvent, theme: Theme, isVerbose: boolean): string | undefined {
  switch (event.type) {
    case 'plan-made':
      return isVerbose ? theme.dim(formatPlan(event.plan)) : undefined;
    case 'release-created':
      return `${theme.canary('◆')} release ${theme.bold(event.id)} of ${event.branch}: ${event.subject}`;
    case 'release-resumed':
      return `${theme.canary('◆')} going on with the release`;
    case 'operation-finished':
      return `${theme.good('✔')} ${describeOperation(event.operation)} ${theme.dim(duration(event.ms))}`;
    case 'operation-failed':
      return `${theme.bad('✖')} ${describeOperation(event.operation)}`;
    case 'commit-made':
      return `${theme.dim('·')} ${event.branch} is at ${event.commit.slice(0, 12)}: ${event.subject}`;
    case 'weight-set':
      return isVerbose ? theme.dim(`· weight ${formatWeight(event.weight)}`) : undefined;
    case 'state-changed':
      return isVerbose ? theme.dim(`· ${event.state}: ${event.reason}`) : undefined;
    case 'notice':
      return `${theme.dim('·')} ${event.text}`;
    case 'warning':
      return `${theme.warn('!')} ${event.text}`;
    case 'remote-said':
      return `${theme.dim('remote:')} ${event.line}`;
    case 'output':
      return isVerbose ? theme.dim(`  ${event.line}`) : undefined;
    case 'step-begun':
      return `${theme.canary('◆')} step ${event.index + 1} of ${event.of}: ${describeStep(event.step)}`;
    case 'verdict-given':
      return verdictLine(event.verdict, theme);
    case 'progress':
    case 'judging':
      return isVerbose ? theme.dim(`· ${event.text}`) : undefined;
    case 'hook-ran':
      return `${event.ok ? theme.good('✔') : theme.bad('✖')} ${event.phase} hook ${event.hook} ${theme.dim(duration(event.ms))}`;
    case 'rehearsed':
      return event.isRefused ? undefined : findingLines(event.report, theme).join('\n');
    case 'comparison-made':
      return comparisonText(event.comparison);
    case 'backed-up':
      return `${theme.dim('·')} kept ${event.tables.join(', ')} of ${event.service} as before (${formatBytes(event.bytes)})`;
    case 'migration-begun':
    case 'migration-ended':
    case 'operation-started':
    case 'steps-begun':
    case 'step-done':
    case 'steps-left':
    case 'release-replaced':
    case 'canary-started':
    case 'proxy-reloaded':
    case 'release-held':
    case 'stable-replacing':
    case 'stable-replaced':
    case 'stable-restored':
      return undefined;
  }
}

function verdictLine({ result, reasons }: ReleaseVerdict, theme: Theme): string {
  const mark = { pass: theme.good('✔'), fail: theme.bad('✖') };
  const first = result === 'pass' || result === 'fail' ? mark[result] : theme.warn('?');
  return reasons.map((reason) => `${first} ${theme.bold(result)}: ${reason}`).join('\n');
}

function duration(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
}
