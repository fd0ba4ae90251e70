import { formatDuration } from '../config/values/duration.ts';
import type { CanaryEvent, EventSink } from '../rollout/events.ts';
import type { CiMarks } from './ci.ts';
import { shortageText } from './forecast-view.ts';
import { describeOperation } from './plan-view.ts';
import { endsWait, eventLine, waitOf } from './progress.ts';
import type { Theme } from './theme.ts';

/** Where a log goes: standard error, so that standard output contains only the result. */
export interface LogOptions {
  write(text: string): void;
  theme: Theme;
  isVerbose: boolean;
  /** In milliseconds. */
  now: () => number;
  /** The service that runs this, if it folds logs. */
  ci?: CiMarks | undefined;
}

/** A log in which nothing happens for longer looks like one of a program that hangs. */
const QUIET_MS = 30_000;

/**
 * Progress as lines, for logs, pipes and CI: one when an operation starts, one when it ends, and a sign of life while
 * nothing else is said.
 */
export class PlainLog {
  private readonly options: LogOptions;
  private spoke: number;
  private waiting: { text: string; since: number; detail?: string } | undefined;
  /** The folded part that is open, and how many there were. */
  private open: string | undefined;
  private parts = 0;

  constructor(options: LogOptions) {
    this.options = options;
    this.spoke = options.now();
  }

  readonly emit: EventSink = (event) => {
    const { theme, isVerbose, ci } = this.options;
    const text = eventLine(event, theme, isVerbose || (ci !== undefined && isOfPart(event)));
    if (endsWait(event)) {
      this.waiting = undefined;
      this.closePart();
    }
    if (event.type === 'operation-started') this.start(describeOperation(event.operation));
    else if (text !== undefined) this.say(text);
    this.annotate(event);
    const waitsFor = waitOf(event);
    if (waitsFor !== undefined) this.waiting = { text: waitsFor, since: this.options.now() };
    if (this.waiting && (event.type === 'progress' || event.type === 'judging'))
      this.waiting.detail = event.text;
  };

  /** Says that it still works, if nothing was said for long. Called often. */
  beat(): void {
    const { now, theme } = this.options;
    if (!this.waiting || now() - this.spoke < QUIET_MS) return;
    const { text, since, detail } = this.waiting;
    const long = formatDuration(Math.floor((now() - since) / 1000) * 1000);
    this.say(theme.dim(`· still: ${text}, ${long}${detail === undefined ? '' : `: ${detail}`}`));
  }

  /** Nothing stays folded that comes after it, such as an error. */
  end(): void {
    this.waiting = undefined;
    this.closePart();
  }

  private start(title: string): void {
    const { theme, ci, now } = this.options;
    if (!ci) {
      this.say(`${theme.dim('◇')} ${title}`);
      return;
    }
    this.closePart();
    this.parts += 1;
    this.open = `canary_${this.parts}`;
    this.mark(ci.open(theme.printable(title).replaceAll('\n', ' '), this.open, now()));
  }

  private closePart(): void {
    const { ci, now } = this.options;
    if (ci && this.open !== undefined) this.mark(ci.close(this.open, now()));
    this.open = undefined;
  }

  private annotate(event: CanaryEvent): void {
    if (event.type === 'warning') this.annotation('warning', 'canary', event.text);
    if (event.type === 'foreseen' && event.forecast.known && !event.forecast.enough)
      this.annotation('warning', 'canary', shortageText(event.forecast));
    if (event.type === 'verdict-given' && event.verdict.result === 'fail')
      this.annotation('error', 'The canary was judged bad', event.verdict.reasons.join('\n'));
  }

  private annotation(kind: 'error' | 'warning', title: string, text: string): void {
    const { ci, theme } = this.options;
    const line = ci?.annotate(kind, theme.printable(title), theme.printable(text));
    if (line !== undefined) this.mark(line);
  }

  private say(text: string): void {
    const { write, theme, ci, now } = this.options;
    const lines = theme.printable(text).split('\n');
    write(`${lines.map((line) => ci?.harmless(line) ?? line).join('\n')}\n`);
    this.spoke = now();
  }

  private mark(line: string): void {
    this.options.write(`${line}\n`);
    this.spoke = this.options.now();
  }
}

/** What a folded part has room for. */
function isOfPart({ type }: CanaryEvent): boolean {
  return type === 'output' || type === 'progress';
}
