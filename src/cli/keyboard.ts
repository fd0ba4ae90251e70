import type { Streams } from './output.ts';

/** The keys of a terminal. */
export interface Keyboard {
  /** Leaves the terminal to somebody else, as it was before. */
  pause(): void;
  resume(): void;
  /** The terminal is as it was before. Safe to repeat. */
  end(): void;
}

const SILENT: Keyboard = { pause: () => {}, resume: () => {}, end: () => {} };

/**
 * Calls `onKey` for every key, as it is pressed; Ctrl-C too, which then interrupts nothing by itself. Several signs at
 * once are pasted text or a key such as an arrow, and mean nothing. Without a terminal there are no keys.
 */
export function listenToKeys(stdin: Streams['stdin'], onKey: (key: string) => void): Keyboard {
  if (stdin.isTTY !== true || !stdin.setRawMode) return SILENT;
  const { setRawMode } = stdin;
  const raw = (isRaw: boolean) => setRawMode.call(stdin, isRaw);
  const take = (chunk: Buffer | string) => {
    const text = chunk.toString();
    if (text.includes('\u0003')) onKey('\u0003');
    else if ([...text].length === 1) onKey(text);
  };
  let isOn = false;
  // Whatever ends the process, the terminal must not stay raw.
  const restore = () => raw(false);
  const resume = () => {
    if (isOn) return;
    isOn = true;
    raw(true);
    stdin.on('data', take);
    stdin.resume();
    process.once('exit', restore);
  };
  const pause = () => {
    if (!isOn) return;
    isOn = false;
    stdin.off('data', take);
    stdin.pause();
    raw(false);
    process.off('exit', restore);
  };
  resume();
  return { pause, resume, end: pause };
}
