import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { nearestNames } from '../../nearest.ts';
import { pathOf, visibleCommands } from '../help-style.ts';
import type { Program } from '../session.ts';

/** Commander's own help command says nothing about a command that does not exist. */
export function help(program: Program): void {
  program
    .helpCommand(false)
    .command('help')
    .description('show the help of a command')
    .argument('[command...]', 'the command')
    .action((words: string[]) => {
      let command: CommandUnknownOpts = program;
      for (const word of words) {
        const found = command.commands.find((each) => each.name() === word);
        if (!found) {
          const known = visibleCommands(command).map(pathOf);
          const [meant] = nearestNames(words.join(' '), known);
          const question = meant === undefined ? '' : `\n(Did you mean ${meant}?)`;
          program.error(`error: unknown command '${words.join(' ')}'${question}`, {
            code: 'commander.unknownCommand',
          });
        }
        command = found;
      }
      command.outputHelp();
    });
}
