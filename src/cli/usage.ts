import type { CommanderError, CommandUnknownOpts } from '@commander-js/extra-typings';
import { CanaryError } from '../errors.ts';
import { pathOf } from './help-style.ts';

/** Commands that a person who mistyped another one must not be offered. */
const ENDS_SOMETHING = /\b(abort|down|promote|revert)\b/;

/** What Commander rejected, as an error of canary whose hint leads to the help of the command that was typed. */
export function usageError({ message }: CommanderError, program: CommandUnknownOpts): CanaryError {
  const [, bare = '', offered = ''] =
    /^(?:error: )?(.*?)(?:\n\(Did you mean (.*?)\?\))?$/s.exec(message) ?? [];
  const isOffered = offered !== '' && !ENDS_SOMETHING.test(offered);
  const question = isOffered ? `Did you mean \`${offered}\`? ` : '';
  return new CanaryError('usage', sentenceOf(bare), { hint: question + helpOf(program) });
}

/** Only the reason if a value was rejected, else a sentence, with names marked as everywhere. */
function sentenceOf(bare: string): string {
  const reason = bare.replace(
    /^.* is invalid for argument '.*?'\. |^.* argument '.*?' is invalid\. /,
    '',
  );
  const marked = reason === bare ? bare.replace(/'([^']*)'/g, '`$1`') : reason;
  const sentence = marked.charAt(0).toUpperCase() + marked.slice(1);
  return /[.?)]$/.test(sentence) ? sentence : `${sentence}.`;
}

function helpOf(program: CommandUnknownOpts): string {
  let command = program;
  for (const word of program.args) {
    const found = command.commands.find((each) => each.name() === word);
    if (!found) break;
    command = found;
  }
  if (command === program || command.name() === 'help')
    return 'Run `canary --help` to see the commands.';
  return `Run \`canary ${pathOf(command)} --help\` to see what it takes.`;
}
