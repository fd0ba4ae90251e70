import type { Ora } from 'ora';
import { formatWeight } from '../proxy/weight.ts';
import type { CanaryEvent, EventSink } from '../rollout/events.ts';
import { describeStep, formatPlan } from '../rollout/format-plan.ts';
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
  return (event) => {
    if (event.type === 'step-started') {
      spinner = ora({ stream, text: describeStep(event.step), discardStdin: false }).start();
      return;
    }
    const line = lineOf(event, terminal.theme, terminal.isVerbose);
    if (event.type === 'step-finished' || event.type === 'step-failed') {
      spinner?.stop();
      spinner = undefined;
    }
    if (line === undefined) return;
    if (!spinner) {
      terminal.write(`${line}\n`);
      return;
    }
    spinner.clear();
    terminal.write(`${line}\n`);
    spinner.render();
  };
}

function lineOf(event: CanaryEvent, theme: Theme, isVerbose: boolean): string | undefined {
  switch (event.type) {
    case 'plan-made':
      return isVerbose ? theme.dim(formatPlan(event.plan)) : undefined;
    case 'release-created':
      return `${theme.canary('◆')} release ${theme.bold(event.id)} of ${event.branch}: ${event.subject}`;
    case 'release-resumed':
      return `${theme.canary('◆')} going on with the release`;
    case 'step-finished':
      return `${theme.good('✔')} ${describeStep(event.step)} ${theme.dim(duration(event.ms))}`;
    case 'step-failed':
      return `${theme.bad('✖')} ${describeStep(event.step)}`;
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
    case 'step-started':
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

function duration(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
}
