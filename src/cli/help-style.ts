import { type CommandUnknownOpts, Help, type Option } from '@commander-js/extra-typings';

/** How help looks: options that every command takes are shown, and defaults only where they say something. */
export const HELP_STYLE = {
  showGlobalOptions: true,
  optionDescription(option: Option): string {
    const { defaultValue } = option;
    const isTelling = typeof defaultValue === 'string' || typeof defaultValue === 'number';
    if (!isTelling || defaultValue === '') return option.description;
    return Help.prototype.optionDescription.call(new Help(), withoutChoices(option));
  },
};

/** The description names them already. */
function withoutChoices(option: Option): Option {
  const copy: Option = Object.assign(Object.create(Object.getPrototypeOf(option)), option);
  delete copy.argChoices;
  return copy;
}

/** The names of a command and those above it, without the program's: `remote add`. */
export function pathOf(command: CommandUnknownOpts): string {
  const { parent } = command;
  return parent?.parent ? `${pathOf(parent)} ${command.name()}` : command.name();
}

/** Every command that people type, those below others included. */
export function visibleCommands(command: CommandUnknownOpts): CommandUnknownOpts[] {
  return new Help()
    .visibleCommands(command as never)
    .flatMap((each) => [each as CommandUnknownOpts, ...visibleCommands(each as never)]);
}
