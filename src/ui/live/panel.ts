import type { Status } from '../../documents/status.ts';
import type { EventSink } from '../../rollout/events.ts';
import type { JournalRecord } from '../../rollout/journal.ts';
import { eventLine } from '../progress.ts';
import type { Theme } from '../theme.ts';
import { wrapped } from '../width.ts';
import type { Glyphs } from './glyphs.ts';
import { type Effect, IDLE, type KeyFacts, type KeyState, keyLines, press } from './keys.ts';
import { liveModel } from './model.ts';
import { Painter } from './painter.ts';
import { renderLive } from './render.ts';
import { type LiveState, NOTHING_SEEN, withEvent, withLook } from './state.ts';

/** The terminal that a panel is on; its size may change. */
export interface PanelTerminal {
  write(text: string): void;
  size(): { columns: number; rows: number };
  theme: Theme;
  glyphs: Glyphs;
}

/** What a panel is about. */
export interface PanelOptions {
  /** In milliseconds. */
  now: () => number;
  hasKeys: boolean;
  /** The command that leaving interrupts, if any. */
  drives: (status: Status | undefined) => string | undefined;
}

/** The live view on a terminal: what it knows, what was typed, and what is shown of both. */
export class Panel {
  private state: LiveState = NOTHING_SEEN;
  private keys: KeyState = IDLE;
  private isHeld = false;
  private readonly painter: Painter;
  private readonly terminal: PanelTerminal;
  private readonly options: PanelOptions;

  constructor(terminal: PanelTerminal, options: PanelOptions) {
    this.terminal = terminal;
    this.options = options;
    this.painter = new Painter(terminal.write);
  }

  /** The last status that was seen. */
  get status(): Status | undefined {
    return this.state.status;
  }

  /** Takes a look at the project, or why there was none. */
  look(look: { status: Status; records: readonly JournalRecord[] } | { problem: string }): void {
    this.state =
      'problem' in look ? { ...this.state, problem: look.problem } : withLook(this.state, look);
    this.repaint();
  }

  /** Takes an event of this command; `isSaid`: its line scrolls above the panel. */
  event(event: Parameters<EventSink>[0], isSaid: boolean): void {
    this.state = withEvent(this.state, event, this.options.now());
    const line = isSaid ? eventLine(event, this.terminal.theme) : undefined;
    this.repaint(line === undefined ? [] : this.printed(line));
  }

  /** Puts text above the panel, where it stays. */
  say(text: string): void {
    this.repaint(this.printed(text));
  }

  /** Takes a key and returns what it does. */
  press(key: string): Effect | undefined {
    const [keys, effect] = press(this.keys, key, this.facts());
    this.keys = keys;
    this.repaint();
    return effect;
  }

  /** Draws everything again, as the time or the terminal's size has changed. */
  repaint(above: readonly string[] = []): void {
    const { write, size, theme, glyphs } = this.terminal;
    if (this.isHeld) {
      for (const line of above) write(`${line}\n`);
      return;
    }
    const { columns, rows } = size();
    const footer = this.options.hasKeys ? keyLines(this.keys, this.facts()) : [];
    const model = liveModel(this.state, this.options.now());
    // The cursor stands in the line below.
    const screen = { width: columns, height: Math.max(1, rows - 1), theme, glyphs };
    this.painter.paint(renderLive(model, footer, screen), columns, above);
  }

  /** Leaves the terminal to somebody else, such as a question, until `release`. */
  hold(): void {
    this.isHeld = true;
    this.painter.end();
  }

  release(): void {
    this.isHeld = false;
    this.keys = IDLE;
    this.repaint();
  }

  /** The last state stays on the terminal, without the keys. Safe to repeat. */
  end(): void {
    if (this.isHeld) return;
    const { columns, rows } = this.terminal.size();
    const { theme, glyphs } = this.terminal;
    // Nothing is waited for any more; the command's result says how it ended.
    const model = { ...liveModel(this.state, this.options.now()), doing: '', waitsFor: '' };
    const screen = { width: columns, height: Math.max(1, rows - 1), theme, glyphs };
    this.painter.paint(renderLive(model, [], screen), columns);
    this.hold();
  }

  private facts(): KeyFacts {
    const { status } = this.state;
    return { status, drives: this.options.drives(status) };
  }

  private printed(text: string): string[] {
    const { columns } = this.terminal.size();
    const lines = this.terminal.theme.printable(text).split('\n');
    return lines.flatMap((line) => wrapped(line, columns));
  }
}
