#!/usr/bin/env node
// Generates the pages of docs/reference and the JSON Schemas from the code: `npm run docs`. With `--check` it only
// reports what is stale.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { importBundled, root } from './bundle.mjs';
import { frameworksPage } from './reference/frameworks-page.mjs';
import { cell, jsonPage } from './reference/json-page.mjs';
import { manPage } from './reference/man-page.mjs';
import { documentSchemas } from './reference/schemas.mjs';

/** @typedef {import('commander').Command} Command */

const NOTE = '<!-- Written by `npm run docs`. Do not edit. -->\n\n';

const {
  buildProgram,
  configJsonSchema,
  EXAMPLES,
  EXIT_MEANINGS,
  EXIT,
  EXIT_CODE_OF,
  OBJECT_KINDS,
  pathOf,
  visibleCommands,
} = await importBundled('scripts/reference/source.ts', `reference-${process.pid}.mjs`);
const { version } = JSON.parse(read('package.json'));
const program = /** @type {Command} */ (buildProgram(async () => undefined, version));
/** Without those that only group others, and without `help`. */
const commands = /** @type {Command[]} */ (visibleCommands(program)).filter(
  (command) => command.commands.length === 0 && command.name() !== 'help',
);
const schemas = documentSchemas();
/** By path. */
const files = {
  'docs/reference/commands.md': commandsPage(),
  'docs/reference/exit-codes.md': exitCodesPage(),
  'docs/reference/errors.md': errorsPage(),
  'docs/reference/canary-yaml.md': canaryYamlPage(),
  ...manPages(),
  'schema/canary-yaml.json': `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
  'docs/reference/database-changes.md': databaseChangesPage(OBJECT_KINDS),
  'docs/reference/frameworks.md': `${NOTE}${frameworksPage(JSON.parse(read('bench/results/frameworks.json')))}`,
  'docs/reference/json.md': `${NOTE}${jsonPage(schemas)}`,
  ...Object.fromEntries(
    Object.entries(schemas).map(([command, schema]) => [
      `schema/${command}.json`,
      `${JSON.stringify(schema, null, 2)}\n`,
    ]),
  ),
};
const stale = Object.entries(files).filter(([path, text]) => read(path) !== text);
const unknown = ['schema', 'man'].flatMap((folder) =>
  readdirSync(`${root}${folder}`)
    .map((name) => `${folder}/${name}`)
    .filter((path) => !(path in files)),
);
if (process.argv.includes('--check')) {
  for (const path of [...stale.map(([path]) => path), ...unknown])
    console.error(`${path} is stale: run \`npm run docs\`.`);
  process.exitCode = stale.length + unknown.length > 0 ? 1 : 0;
} else {
  for (const [path, text] of stale) writeFileSync(`${root}${path}`, text);
  for (const path of unknown) rmSync(`${root}${path}`);
}

function commandsPage() {
  const global = optionsTable(program);
  const parts = commands.map((command) => {
    const path = pathOf(command);
    const usage = `    canary ${path} ${command.usage()}`.trimEnd();
    const options = optionsTable(command);
    const examples = (EXAMPLES[path] ?? []).map((/** @type {string} */ each) => `    ${each}\n`);
    return `## ${path}\n\n${sentence(command.description())}\n\n${usage}\n${options && `\n${options}`}\nExamples:\n\n${examples.join('')}`;
  });
  const rows = commands.map(
    (command) =>
      `| ${groupOf(command)} | [${pathOf(command)}](#${pathOf(command).replace(' ', '-')}) | ${cell(command.description())} |\n`,
  );
  const table = `| | command | |\n|---|---|---|\n${rows.join('')}`;
  const intro =
    '# Commands\n\n`canary COMMAND --help` prints the same in the terminal, `man canary-COMMAND` as a manual page.\n\n';
  return `${NOTE}${intro}${table}\nEvery command takes these options.\n\n${global}\n${parts.join('\n')}`;
}

/**
 * The heading under which `--help` lists a command, or the one above it.
 *
 * @param {Command} command
 * @returns {string}
 */
function groupOf(command) {
  const top = command.parent?.parent ? command.parent : command;
  return top.helpGroup().replace(':', '');
}

/** By path. */
function manPages() {
  const exits = Object.entries(EXIT).map(([name, code]) => ({
    code: /** @type {number} */ (code),
    meaning: EXIT_MEANINGS[/** @type {never} */ (name)],
  }));
  const globalOptions = program.options.filter(({ long }) => long !== '--version');
  const about = { exits, globalOptions, version, commands: [] };
  const below = commands.map((each) => ({ path: pathOf(each), description: each.description() }));
  const pages = commands.map((command) => {
    const path = pathOf(command);
    const page = manPage(command, { ...about, path, examples: EXAMPLES[path] ?? [] });
    return [`man/canary-${path.replace(' ', '-')}.1`, page];
  });
  const top = manPage(program, { ...about, path: '', commands: below, examples: [] });
  return { 'man/canary.1': top, ...Object.fromEntries(pages) };
}

/** @param {Command} command */
function optionsTable(command) {
  const shown = command.options.filter((option) => !option.hidden && option.long !== '--version');
  const rows = [
    ...command.registeredArguments.map((argument) => [argument.name(), argument.description]),
    ...shown.map((option) => [option.flags, option.description]),
  ].map(([name = '', meaning = '']) => `| \`${name}\` | ${cell(meaning)} |`);
  if (rows.length === 0) return '';
  return `| argument or option | meaning |\n|---|---|\n${rows.join('\n')}\n`;
}

function exitCodesPage() {
  const rows = Object.entries(EXIT).map(
    ([name, code]) => `| ${code} | ${cell(EXIT_MEANINGS[/** @type {never} */ (name)])} |`,
  );
  return `${NOTE}# Exit codes\n\n| code | means |\n|---|---|\n${rows.join('\n')}\n`;
}

function errorsPage() {
  const rows = Object.entries(EXIT_CODE_OF).map(([code, exit]) => `| \`${code}\` | ${exit} |`);
  const intro =
    '# Error codes\n\nWith `--json` an error is `{"error":{"code","message","hint"}}`, sometimes with `details`. The\ncode stays the same in later versions, the message may change. What to do: [troubleshooting](../guides/troubleshooting.md).\n\n';
  return `${NOTE}${intro}| code | [exit code](exit-codes.md) |\n|---|---|\n${rows.join('\n')}\n`;
}

/** @param {Readonly<Record<string, import('../src/database/object-kinds.ts').ObjectKind>>} kinds */
function databaseChangesPage(kinds) {
  const intro =
    '# Database changes\n\nWhat the [rehearsal](../explanation/rehearsal.md) compares besides tables, columns, indexes, constraints and rows, and the\nclass of a change. Rules that know more (a wider sequence, a view with a column at its end, a new value of an enumeration)\nmake some changes milder. What is not here and differs in the definition that the server prints is *unclassified*.\n\n';
  const servers = /** @type {const} */ (['PostgreSQL', 'MySQL', 'SQLite']);
  const rows = Object.entries(kinds).map(([name, kind]) => {
    const added = kind.addedTo ?? kind.added ?? ['expanding'];
    const classes = kind.isPart
      ? ['', kind.changed[0], '']
      : [added[0], kind.changed[0], kind.dropped[0]];
    const having = servers.map((server) => (kind.lacking?.includes(server) ? 'has none' : 'yes'));
    return `| ${[name, ...classes, ...having].join(' | ')} |`;
  });
  const head = ['what', 'new', 'changed', 'gone', ...servers];
  return `${NOTE}${intro}| ${head.join(' | ')} |\n|${head.map(() => '---').join('|')}|\n${rows.join('\n')}\n\nMySQL stands for MariaDB too; only MariaDB has sequences. What comes and goes with a table or another object has a class for\na change only.\n`;
}

function canaryYamlPage() {
  const template = read('templates/canary.yaml').trimEnd();
  const intro =
    '# canary.yaml\n\nOnly `version` and `services` are required. These are all settings with their defaults\n(`templates/canary.yaml`). An unknown setting is rejected. After a change, commit the file and run `canary up`. Details: [judging](../explanation/judging.md),\n[rehearsal](../explanation/rehearsal.md), [traffic](../explanation/traffic.md), [strategies](../explanation/releases.md#strategies).\n\n';
  return `${NOTE}${intro}\`\`\`yaml\n${template}\n\`\`\`\n`;
}

/** @param {string} text */
function sentence(text) {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(`${root}${path}`, 'utf8');
  } catch {
    return '';
  }
}
