import type { Readable, Writable } from 'node:stream';
import { confirm, isCancel, multiselect, note, select, text } from '@clack/prompts';
import { printable } from './printable.ts';

const shown = (words: string) => printable(words, false);

/** A terminal with somebody at it. */
export interface Terminal {
  input: NodeJS.ReadableStream;
  output: NodeJS.WritableStream;
  hasColor: boolean;
}

/** One of the answers to a question. */
export interface Option {
  value: string;
  label: string;
  hint?: string;
}

/** A question with one answer of several; `initial` is what Enter alone says. */
export interface ChoiceQuestion {
  message: string;
  options: readonly Option[];
  initial: string;
}

/** A question with any number of answers. */
export interface ChecklistQuestion {
  message: string;
  options: readonly Option[];
  initial: readonly string[];
  /** Whether at least one must be chosen. */
  isRequired: boolean;
}

/** A question whose answer is typed. */
export interface TypedQuestion {
  message: string;
  /** An example, shown while nothing is typed. */
  example: string;
  /** What is wrong with an answer, if anything is. */
  problem(answer: string): string | undefined;
}

/** The answer; `undefined` if the operator cancels, as for all questions below. */
export async function askForOne(
  { message, options, initial }: ChoiceQuestion,
  terminal: Terminal,
): Promise<string | undefined> {
  const answer = await select({
    message,
    options: options.map(shownOption),
    initialValue: initial,
    ...streamsOf(terminal),
  });
  return isCancel(answer) ? undefined : answer;
}

export async function askForSeveral(
  { message, options, initial, isRequired }: ChecklistQuestion,
  terminal: Terminal,
): Promise<string[] | undefined> {
  const answer = await multiselect({
    message,
    options: options.map(shownOption),
    initialValues: [...initial],
    required: isRequired,
    ...streamsOf(terminal),
  });
  return isCancel(answer) ? undefined : answer;
}

export async function askForText(
  { message, example, problem }: TypedQuestion,
  terminal: Terminal,
): Promise<string | undefined> {
  const answer = await text({
    message,
    placeholder: example,
    validate: (typed) => problem(typed ?? ''),
    ...streamsOf(terminal),
  });
  return isCancel(answer) ? undefined : answer;
}

/** Shows a text between questions. */
export function showText(title: string, words: string, terminal: Terminal): void {
  note(shown(words), shown(title), { ...streamsOf(terminal), format: (line) => line });
}

/** Asks a question; the answer is no unless the operator confirms. */
export async function askToConfirm(message: string, terminal: Terminal): Promise<boolean> {
  const answer = await confirm({
    message: shown(message),
    initialValue: false,
    ...streamsOf(terminal),
  });
  return answer === true;
}

function shownOption({ value, label, hint }: Option) {
  return { value, label: shown(label), ...(hint === undefined ? {} : { hint: shown(hint) }) };
}

function streamsOf({ input, output, hasColor }: Terminal) {
  const stream = output as Writable;
  return { input: input as Readable, output: hasColor ? stream : colourless(stream) };
}

/** A stream that leaves out colours: the library knows the environment, but not our options. */
function colourless(output: Writable): Writable {
  const write = (text: string) => output.write(text.replace(COLOUR, ''));
  return new Proxy(output, {
    get(target, name) {
      if (name === 'write') return write;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal obeys.
const COLOUR = /\u001b\[[\d;]*m/g;
