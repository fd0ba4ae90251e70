import { StringDecoder } from 'node:string_decoder';

/** In characters; more without a line break is passed on in pieces of this length. */
const LONGEST_LINE = 65_536;

/** Takes the chunks of a stream, and its end. */
export interface LineSplitter {
  add(chunk: Uint8Array): void;
  end(): void;
}

/**
 * Passes every line of a stream on as it comes. Programs and containers may write without ever ending a line: no more of
 * one is kept than a piece. `breaks`: what ends a line; with `progress` a carriage return too, by which a program draws
 * over its line.
 */
export function lineSplitter(
  onLine: (line: string) => void,
  breaks: 'lines' | 'progress' = 'lines',
): LineSplitter {
  const decoder = new StringDecoder('utf8');
  const between = breaks === 'lines' ? /\r?\n/ : /\r\n|[\r\n]/;
  let rest = '';
  /** Passes on all of a line but its last piece. */
  const withoutPieces = (line: string): string => {
    let left = line;
    for (; left.length > LONGEST_LINE; left = left.slice(LONGEST_LINE))
      onLine(left.slice(0, LONGEST_LINE));
    return left;
  };
  const take = (text: string) => {
    const lines = (rest + text).split(between);
    const last = lines.pop() ?? '';
    for (const line of lines) onLine(withoutPieces(line));
    rest = withoutPieces(last);
  };
  return {
    add: (chunk) => take(decoder.write(chunk)),
    end: () => {
      take(decoder.end());
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
}
