import { confirm, isCancel, multiselect } from '@clack/prompts';
import { printable } from './printable.ts';

const shown = (text: string) => printable(text, false);

export interface Choice {
  name: string;
  why: string;
}

/** Asks which services to clone; `undefined` if the operator cancels. */
export async function askForServices(
  choices: readonly Choice[],
  preselected: readonly string[],
  streams: { input: NodeJS.ReadableStream; output: NodeJS.WritableStream },
): Promise<string[] | undefined> {
  const answer = await multiselect({
    message: 'Which services should have a canary?',
    options: choices.map(({ name, why }) => ({
      value: name,
      label: shown(name),
      hint: shown(why),
    })),
    initialValues: [...preselected],
    input: streams.input as import('node:stream').Readable,
    output: streams.output as import('node:stream').Writable,
  });
  return isCancel(answer) ? undefined : answer;
}

/** Asks a question; the answer is no unless the operator confirms. */
export async function askToConfirm(
  message: string,
  streams: { input: NodeJS.ReadableStream; output: NodeJS.WritableStream },
): Promise<boolean> {
  const answer = await confirm({
    message: shown(message),
    initialValue: false,
    input: streams.input as import('node:stream').Readable,
    output: streams.output as import('node:stream').Writable,
  });
  return answer === true;
}
