import { readFile } from 'node:fs/promises';

/** How a text in the middle of a page begins that is a command, or the flags of one. */
const COMMAND = /^(?:canary|docker) \S/;
const FLAGS = /^--\w/;

/**
 * The commands of a page of the documentation, for a test that runs each. Those of its `sh` blocks are followed from the
 * first to the last, those in the middle of the text in any order.
 */
export class Guide {
  readonly #text: string;
  readonly #lines: string[];
  readonly #mentioned: Set<string>;
  readonly #run: string[] = [];

  private constructor(text: string) {
    this.#text = text;
    this.#lines = blocksOf(text, 'sh').flatMap((block) =>
      block
        .split('\n')
        .map((line) => line.replace(/\s+# .*$/, '').trim())
        .filter(Boolean),
    );
    const around = text.replace(/^```.*?^```/gms, '');
    this.#mentioned = new Set([...around.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span));
  }

  static async read(path: string): Promise<Guide> {
    return new Guide(await readFile(new URL(`../../${path}`, import.meta.url), 'utf8'));
  }

  /** The first block of a language, such as `yaml`. */
  block(language: string): string {
    return blocksOf(this.#text, language)[0] ?? '';
  }

  /** The flags that the rows of its tables explain. */
  get explained(): string[] {
    return [...this.#text.matchAll(/^\| `(--[^`]+)` \|/gm)].map(([, flags = '']) => flags);
  }

  /** The next line of the `sh` blocks, which must be this one. */
  follow(command: string): string {
    const next = this.#lines.shift();
    if (next !== command)
      throw new Error(`The guide goes on with \`${next}\`, not with \`${command}\`.`);
    this.#run.push(command);
    return command;
  }

  /** A command in the middle of the text, and what the test adds to it. */
  mention(command: string, more = ''): string {
    if (!this.#mentioned.has(command)) throw new Error(`The guide has no \`${command}\`.`);
    const whole = `${command} ${more}`.trim();
    this.#run.push(command, whole);
    return whole;
  }

  /** The commands and flags that nobody has run. */
  get left(): string[] {
    const isLeft = (span: string) =>
      (COMMAND.test(span) && !this.#run.includes(span)) ||
      (FLAGS.test(span) && !this.#run.some((command) => command.includes(span)));
    return [...this.#lines, ...[...this.#mentioned].filter(isLeft)];
  }
}

function blocksOf(text: string, language: string): string[] {
  const blocks = text.matchAll(/^```(\w*)\n(.*?)^```/gms);
  return [...blocks].filter((each) => each[1] === language).map(([, , block = '']) => block);
}
