import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Context } from '../context.ts';
import type { Output, Streams } from './output.ts';

/** What the command line says about how to run, whatever the command. */
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
  color: boolean;
}

/** What a command gets to work with. */
interface Session {
  context: Context;
  output: Output;
  globals: Globals;
  /** For the one command whose standard input and output are a conversation with git. */
  streams: Streams;
}

/** What a command does; gives an exit code where that is not simply done. */
type Action<Args extends unknown[]> = (
  session: Session,
  ...args: Args
) => Promise<number> | Promise<void>;

/** Makes the session of a command and runs it. `follows`: its events are told as JSON, too. */
export type Dispatch = (globals: Globals, action: Action<[]>, follows: boolean) => Promise<void>;

/** The command line that commands are declared on. */
export type Program = CommandUnknownOpts;

/** What commander calls once it has parsed a command: its arguments and flags follow the session. */
export type WithSession = <Args extends unknown[]>(
  action: Action<Args>,
  follows?: boolean,
) => (...args: Args) => Promise<void>;
