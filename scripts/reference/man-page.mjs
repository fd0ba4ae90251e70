/** @typedef {import('commander').Command} Command */

/**
 * The manual page of a command in roff's man macros: what `man canary-deploy` shows.
 *
 * @param {Command} command
 * @param {object} about
 * @param {string} about.path The command's name with those above it, empty for the program itself.
 * @param {readonly string[]} about.examples
 * @param {readonly { code: number, meaning: string }[]} about.exits
 * @param {readonly { path: string, description: string }[]} about.commands What the program has below it.
 * @param {readonly import('commander').Option[]} about.globalOptions
 * @param {string} about.version
 */
export function manPage(command, { path, examples, exits, commands, globalOptions, version }) {
  const name = ['canary', ...path.split(' ').filter(Boolean)].join('-');
  const own = command.options.filter((option) => !option.hidden);
  return [
    '.\\" Written by `npm run docs`. Do not edit.',
    `.TH ${name.toUpperCase()} 1 "" "canary ${version}" "canary"`,
    '.SH NAME',
    `${roff(name)} \\- ${roff(command.description().replace(/\.$/, ''))}`,
    '.SH SYNOPSIS',
    `.B canary${path ? ` ${roff(path)}` : ''}`,
    roff(command.usage()),
    ...section('COMMANDS', commands, ({ path: below, description }) => [
      `.BR canary\\-${roff(below.replace(' ', '-'))} (1)`,
      roff(description),
    ]),
    ...section('ARGUMENTS', command.registeredArguments, (argument) => [
      `.I ${roff(argument.name())}`,
      roff(argument.description),
    ]),
    ...section('OPTIONS', own, optionLines),
    ...section('GLOBAL OPTIONS', path ? globalOptions : [], optionLines),
    ...(examples.length > 0
      ? ['.SH EXAMPLES', '.nf', ...examples.map((example) => roff(example)), '.fi']
      : []),
    ...section('EXIT STATUS', exits, ({ code, meaning }) => [`.B ${code}`, roff(meaning)]),
    ...(path ? ['.SH SEE ALSO', '.BR canary (1)'] : []),
    '',
  ].join('\n');
}

/** @param {import('commander').Option} option */
function optionLines(option) {
  return [`.B ${roff(option.flags)}`, roff(option.description)];
}

/**
 * @template T
 * @param {string} heading
 * @param {readonly T[]} items
 * @param {(item: T) => string[]} lines
 */
function section(heading, items, lines) {
  if (items.length === 0) return [];
  return [`.SH ${heading}`, ...items.flatMap((item) => ['.TP', ...lines(item)])];
}

/**
 * Text in which roff reads nothing: no escapes, no requests at the beginning, plain hyphens.
 *
 * @param {string} text
 */
function roff(text) {
  const plain = text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('…', '...');
  return /^[.']/.test(plain) ? `\\&${plain}` : plain;
}
