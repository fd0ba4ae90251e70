import { readdirSync, readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';

const FOLDER = new URL('../../schema/', import.meta.url).pathname;

type Json = Record<string, unknown>;

const read = (): Record<string, ValidateFunction> => {
  const ajv = new Ajv({ allErrors: false, allowUnionTypes: true });
  return Object.fromEntries(
    readdirSync(FOLDER).map((name) => {
      const schema = JSON.parse(readFileSync(`${FOLDER}${name}`, 'utf8')) as Json;
      return [name.replace('.json', ''), ajv.compile(closed(schema) as Json)];
    }),
  );
};
let validators: ReturnType<typeof read> | undefined;

/** Throws if the output of a command with `--json` differs from its published schema, even by an additional field. */
export function requirePublishedShape(argv: readonly string[], stdout: string): void {
  if (!argv.includes('--json')) return;
  validators ??= read();
  const command = commandOf(argv, validators);
  for (const line of stdout.split('\n').filter(Boolean)) {
    const document = JSON.parse(line) as Json;
    const name = 'error' in document ? 'error' : command;
    const validate = validators[name ?? ''];
    if (!validate) throw new Error(`No schema says what \`canary ${argv.join(' ')}\` prints.`);
    if (!validate(document)) {
      const what = JSON.stringify(validate.errors?.slice(0, 5));
      throw new Error(`schema/${name}.json does not allow ${line.slice(0, 2000)}: ${what}`);
    }
  }
}

function commandOf(argv: readonly string[], known: object): string | undefined {
  // A command of a group has both of its words in the name.
  const pairs = argv.map((word, at) => `${word}-${argv[at + 1]}`);
  return [...pairs, ...argv].find((name) => name in known);
}

/** A program accepts the fields of later versions, a test does not: everything printed must be documented. */
function closed(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(closed);
  if (typeof part !== 'object' || part === null) return part;
  const entries = Object.entries(part).map(([key, value]) => [key, closed(value)]);
  const copy = Object.fromEntries(entries) as Json;
  return copy.type === 'object' && 'properties' in copy
    ? { ...copy, additionalProperties: false }
    : copy;
}
