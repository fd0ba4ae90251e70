// What the demo prints: chapters, reasons, commands with their output, and what was measured.
import { Chalk } from 'chalk';

/** @import { ChalkInstance } from 'chalk' */

/** @typedef {ReturnType<typeof makeNarrator>} Narrator */

const WIDEST = 92;
const BAR_CELLS = 50;
/** @type {Record<string, 'green' | 'red' | 'yellow' | 'yellowBright'>} */
const MARKS = { '✔': 'green', '✖': 'red', '◆': 'yellowBright', '!': 'yellow' };

/**
 * A narrator that writes lines to a stream; colour only on a terminal.
 * @param {NodeJS.WriteStream} stream
 * @param {NodeJS.ProcessEnv} env
 */
export function makeNarrator(stream, env) {
  const useColor = stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
  const chalk = new Chalk({ level: useColor ? 1 : 0 });
  const width = Math.min(WIDEST, stream.columns ?? WIDEST);
  /** @type {{ claim: string, measured: string, isOk: boolean }[]} */
  const findings = [];
  let chapters = 0;

  const line = (text = '') => stream.write(`${text}\n`);
  const mark = (/** @type {boolean} */ isOk) => (isOk ? chalk.green('✔') : chalk.red('✘'));

  return {
    /** @param {string} text */
    title(text) {
      line();
      line(chalk.bold.yellowBright(text));
    },

    /** @param {string} title */
    chapter(title) {
      chapters += 1;
      const head = `━━ ${chapters}. ${title} `;
      line();
      line(chalk.bold.cyan(head + '━'.repeat(Math.max(0, width - head.length))));
    },

    /**
     * Plain sentences: why the next thing is done, or what was seen.
     * @param {string} text
     */
    say(text) {
      line();
      for (const row of wrap(text, width)) {
        line(row);
      }
    },

    /**
     * A command as one would type it; its output comes line by line through `output`.
     * @param {string} text
     */
    command(text) {
      line();
      line(`  ${chalk.dim('$')} ${chalk.bold(text)}`);
    },

    /** @param {string} text */
    output(text) {
      line(`    ${tint(chalk, text)}`.trimEnd());
    },

    /**
     * One request and what came back.
     * @param {string} text
     * @param {string} answer
     */
    request(text, answer) {
      line();
      line(`  ${chalk.dim('→')} ${text}`);
      line(`    ${answer}`);
    },

    /**
     * How users are split, as a bar.
     * @param {number} canaryUsers
     * @param {number} users
     */
    share(canaryUsers, users) {
      const cells = Math.round((canaryUsers / users) * BAR_CELLS);
      const bar = chalk.yellowBright('█'.repeat(cells)) + chalk.dim('░'.repeat(BAR_CELLS - cells));
      line();
      line(
        `  ${bar}  ${chalk.yellowBright(`canary ${percent(canaryUsers, users)}`)}  ${chalk.dim(
          `stable ${percent(users - canaryUsers, users)}`,
        )}`,
      );
    },

    /**
     * A claim, what was measured for it and whether it holds; repeated in the summary.
     * @param {string} claim
     * @param {string} measured
     * @param {boolean} isOk
     */
    finding(claim, measured, isOk) {
      findings.push({ claim, measured, isOk });
      line(
        `  ${mark(isOk)} ${claim}: ${chalk.bold(measured)}${isOk ? '' : chalk.red('  NOT AS EXPECTED')}`,
      );
    },

    /**
     * @param {string} message
     * @param {readonly string[]} output
     */
    failure(message, output) {
      line();
      line(`${chalk.red('✘')} ${chalk.bold(message)}`);
      for (const row of output) {
        line(`    ${row}`);
      }
    },

    summary() {
      if (findings.length === 0) {
        return;
      }
      const longest = Math.max(...findings.map(({ claim }) => claim.length));
      line();
      line(chalk.bold('What this run showed'));
      for (const { claim, measured, isOk } of findings) {
        line(`  ${mark(isOk)} ${claim.padEnd(longest)}  ${measured}`);
      }
    },

    isAllAsExpected: () => findings.every(({ isOk }) => isOk),
  };
}

/**
 * A count with thousands separated.
 * @param {number} value
 */
export function count(value) {
  return value.toLocaleString('en-US');
}

/**
 * @param {number} part
 * @param {number} whole
 */
export function percent(part, whole) {
  return `${((100 * part) / whole).toFixed(1)} %`;
}

/** @param {number} milliseconds */
export function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/**
 * The marks of the CLI in their colours: its output comes through a pipe, where it uses none.
 * @param {ChalkInstance} chalk
 * @param {string} text
 */
function tint(chalk, text) {
  const [first = ''] = text;
  const color = MARKS[first];
  return color ? chalk[color](first) + text.slice(first.length) : text;
}

/**
 * @param {string} text
 * @param {number} width
 */
function wrap(text, width) {
  const rows = [''];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const row = rows.at(-1) ?? '';
    if (row !== '' && row.length + 1 + word.length > width) {
      rows.push(word);
    } else {
      rows[rows.length - 1] = row === '' ? word : `${row} ${word}`;
    }
  }
  return rows;
}
