import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Context } from '../context.ts';
import type { Output, Streams } from './output.ts';

/** The flags that every command takes. */
export interface Globals {
  directory: string;
  file: string[];
  projectName?: string | undefined;
  envFile: string[];
  profile: string[];
  config?: string | undefined;
  json: boolean;
  quiet: boolean;
  verbose: boolean;
  yes: boolean;
  /** How long to wait for another command to end, in milliseconds; without it, not at all. */
  lockWait?: number | undefined;
  color: boolean;
}

/** What a command works with. */
export interface Session {
  context: Context;
  output: Output;
  globals: Globals;
  /** For commands that use standard input or output directly, such as `receive`. */
  streams: Streams;
}

/** What a command does; returns an exit code if that is not always `done`. */
type Action<Args extends unknown[]> = (
  session: Session,
  ...args: Args
) => Promise<number> | Promise<void>;

/** Creates the session of a command and runs it. `follows`: `--json` prints its events too. */
export type Dispatch = (globals: Globals, action: Action<[]>, follows: boolean) => Promise<void>;

/** The command line that commands are declared on. */
export type Program = CommandUnknownOpts;

/** What commander calls once it has parsed a command: its arguments and flags follow the session. */
export type WithSession = <Args extends unknown[]>(
  action: Action<Args>,
  follows?: boolean,
) => (...args: Args) => Promise<void>;
