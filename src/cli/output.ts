import type { AnyDocument } from '../documents/documents.ts';
import { EXIT } from '../errors.ts';
import type { EventSink, ReleaseState } from '../rollout/events.ts';
import { ciMarks } from '../ui/ci.ts';
import { printableJson } from '../ui/printable.ts';
import type { Theme } from '../ui/theme.ts';

/** Where a command's result goes: standard output, as text or as JSON, never both. */
export interface Output {
  theme: Theme;
  /** The result of a command, or one of several for a command that follows something. */
  result(document: AnyDocument, text: () => string): void;
}

export interface Streams {
  stdout: NodeJS.WritableStream & { isTTY?: boolean; errored?: Error | null };
  stderr: NodeJS.WritableStream & { isTTY?: boolean; columns?: number; rows?: number };
  stdin: NodeJS.ReadableStream & { isTTY?: boolean; setRawMode?(isRaw: boolean): unknown };
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
}

/** An `Output` that prints as the flags request. */
export function makeOutput(streams: Streams, theme: Theme, { json }: { json: boolean }): Output {
  const ci = ciMarks(streams.env);
  return {
    theme,
    result(document, text) {
      if (json) streams.stdout.write(`${printableJson(document)}\n`);
      else {
        const lines = theme.printable(text()).split('\n');
        streams.stdout.write(`${lines.map((line) => ci?.harmless(line) ?? line).join('\n')}\n`);
      }
    },
  };
}

/** Events as JSON Lines on standard output, for commands that take long. */
export function jsonLines(streams: Streams): EventSink {
  return (event) => {
    if (event.type !== 'output') streams.stdout.write(`${printableJson(event)}\n`);
  };
}

/** The exit code of a command that brought a release to this state. */
export function exitOf({ state }: { state: ReleaseState }): number {
  return state === 'inconclusive' ? EXIT.inconclusive : EXIT.done;
}
