import { Chalk, type ChalkInstance } from 'chalk';
import { printable } from './printable.ts';

/** Colours and marks by meaning; without colour, every function returns its text unchanged. */
export interface Theme {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
  canary(text: string): string;
  /** The whole text as a terminal may get it. */
  printable(text: string): string;
}

export function makeTheme(useColor: boolean): Theme {
  const chalk: ChalkInstance = new Chalk({ level: useColor ? 1 : 0 });
  return {
    bold: (text) => chalk.bold(text),
    dim: (text) => chalk.dim(text),
    good: (text) => chalk.green(text),
    bad: (text) => chalk.red(text),
    warn: (text) => chalk.yellow(text),
    canary: (text) => chalk.yellowBright(text),
    printable: (text) => printable(text, useColor),
  };
}

/** The mark of a result; a question mark if it neither passed nor failed. */
export function resultMark(result: string, theme: Theme): string {
  if (result === 'pass') return theme.good('✔');
  return result === 'fail' ? theme.bad('✖') : theme.warn('?');
}
