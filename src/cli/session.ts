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

/** What a command's action gets to work with. */
export interface Session {
  context: Context;
  output: Output;
  globals: Globals;
  /** For the one command whose standard input and output are a conversation with git. */
  streams: Streams;
}

/** Runs one command; returns an exit code where the result is not simply done. */
export type Action = (session: Session) => Promise<number | undefined>;

/** Called by commander with the parsed command; loads and runs its action. */
export type Dispatch = (globals: Globals, action: Action, follows: boolean) => Promise<void>;

/** The command line that commands are declared on. */
export type Program = CommandUnknownOpts;

/** Hands a declared command to `Dispatch`, with the flags that every command takes. */
export type Run = (action: Action, follows?: boolean) => Promise<void>;
