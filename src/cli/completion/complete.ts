import type { CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { pathOf } from '../help-style.ts';
import type { Names } from './names.ts';
import { SHELLS } from './scripts.ts';
import { DIRECTIVE, type Offer, offerOf } from './values.ts';

/** A word that a shell would not read as anything else: names come from others' repositories. */
const PLAIN = /^[\p{L}\p{N}_@%+=:,./-]+$/u;

/** A word and what it means. */
interface Candidate {
  word: string;
  about?: string;
}

/** Where in the command line the last word stands. */
interface Place {
  command: CommandUnknownOpts;
  /** The option whose value it is. */
  option?: Option | undefined;
  /** How many arguments are before it. */
  arguments: number;
  /** Whether options may still follow. */
  hasOptions: boolean;
}

/** The options that say which project is meant, as far as they were typed. */
export interface TypedGlobals {
  directory: string;
  files: string[];
  config: string | undefined;
}

/** The global options among the words before the last. */
export function typedGlobals(words: readonly string[]): TypedGlobals {
  const typed: TypedGlobals = { directory: '.', files: [], config: undefined };
  for (const [at, word] of words.slice(0, -1).entries()) {
    const [, name = word, inline] = /^(--[a-z-]+)=(.*)$/.exec(word) ?? [];
    const value = inline ?? words.slice(0, -1)[at + 1];
    if (value === undefined) continue;
    if (name === '-C' || name === '--directory') typed.directory = value;
    if (name === '-f' || name === '--file') typed.files.push(value);
    if (name === '--config') typed.config = value;
  }
  return typed;
}

/**
 * What may stand for the last of the words of a command line, in the form that cobra's completions
 * have (one word a line, what it means after a tab, and a directive), which Docker's CLI reads too.
 */
export async function complete(
  program: CommandUnknownOpts,
  words: readonly string[],
  names: Names,
): Promise<string> {
  const typed = words.at(-1) ?? '';
  const { candidates, directive } = await offered(
    placeOf(program, words.slice(0, -1)),
    typed,
    names,
  );
  const lines = candidates
    .filter(({ word }) => word.startsWith(typed) && PLAIN.test(word))
    .map(({ word, about }) => (about ? `${word}\t${about}` : word));
  return [...new Set(lines), `:${directive}`, ''].join('\n');
}

function placeOf(program: CommandUnknownOpts, words: readonly string[]): Place {
  const place: Place = { command: program, arguments: 0, hasOptions: true };
  for (const word of words) {
    if (place.option) place.option = undefined;
    else if (word === '--') place.hasOptions = false;
    else if (place.hasOptions && word.startsWith('-') && word.length > 1) {
      const option = optionsOf(place.command).find(
        ({ long, short }) => word === long || word === short,
      );
      if (option && takesValue(option)) place.option = option;
    } else {
      const inside = place.arguments === 0 ? childOf(place.command, word) : undefined;
      if (inside) place.command = inside;
      else place.arguments += 1;
    }
  }
  return place;
}

async function offered(
  { command, option, hasOptions, ...place }: Place,
  typed: string,
  names: Names,
): Promise<{ candidates: Candidate[]; directive: number }> {
  if (option) return plain(await valuesOf(option, names, typed));
  const [, long, value] = /^(--[a-z-]+)=(.*)$/.exec(typed) ?? [];
  if (hasOptions && long !== undefined && value !== undefined) {
    const named = optionsOf(command).find((each) => each.long === long);
    if (!named) return plain({ words: [], directive: DIRECTIVE.noFiles });
    const offer = await valuesOf(named, names, value);
    return plain({ ...offer, words: offer.words.map((word) => `${long}=${word}`) });
  }
  if (hasOptions && typed.startsWith('-')) {
    const candidates = optionsOf(command)
      .filter(({ hidden }) => !hidden)
      .map((each) => ({ word: each.long ?? each.short ?? '', about: each.description }));
    return { candidates, directive: DIRECTIVE.noFiles };
  }
  const inside = childrenOf(command.name() === 'help' ? (command.parent ?? command) : command);
  if (inside.length > 0 && place.arguments === 0) {
    const candidates = inside.map((each) => ({ word: each.name(), about: each.description() }));
    return { candidates, directive: DIRECTIVE.noFiles };
  }
  return plain(await argumentsOf(command, place.arguments, names, typed));
}

function plain({ words, directive }: Offer): { candidates: Candidate[]; directive: number } {
  return { candidates: words.map((word) => ({ word })), directive };
}

async function valuesOf(option: Option, names: Names, typed: string): Promise<Offer> {
  if (option.argChoices) return { words: option.argChoices, directive: DIRECTIVE.noFiles };
  return offerOf(option.long ?? '', names, typed);
}

async function argumentsOf(
  command: CommandUnknownOpts,
  at: number,
  names: Names,
  typed: string,
): Promise<Offer> {
  if (command.name() === 'completion' && at === 0)
    return { words: SHELLS, directive: DIRECTIVE.noFiles };
  const all = command.registeredArguments;
  const argument = all[at] ?? (all.at(-1)?.variadic ? all.at(-1) : undefined);
  if (!argument) return { words: [], directive: DIRECTIVE.noFiles };
  return offerOf(`${pathOf(command)} ${argument.name()}`, names, typed);
}

/** The options of a command and of those above it. */
function optionsOf(command: CommandUnknownOpts): Option[] {
  return [...command.options, ...(command.parent ? optionsOf(command.parent) : [])] as Option[];
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

function childOf(command: CommandUnknownOpts, name: string): CommandUnknownOpts | undefined {
  return command.commands.find((each) => each.name() === name);
}

function childrenOf(command: CommandUnknownOpts): CommandUnknownOpts[] {
  const shown = new Set(
    command
      .createHelp()
      .visibleCommands(command as never)
      .map((each) => each.name()),
  );
  return command.commands.filter((each) => shown.has(each.name()));
}
