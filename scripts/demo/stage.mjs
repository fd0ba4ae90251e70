// What every chapter works with: commands shown as one would type them, and questions to the real shop.
import { fileURLToPath } from 'node:url';
import { CommandFailed } from './programs.mjs';
import { askEach, discountLine, makeUsers, send } from './requests.mjs';
import { fingerprint } from './shop-copy.mjs';

/** @import { Narrator } from './narration.mjs' */
/** @import { Run } from './programs.mjs' */
/** @import { Answer } from './requests.mjs' */
/** @import { Place } from './shop-copy.mjs' */

/** @typedef {ReturnType<typeof makeStage>} Stage */

/**
 * @typedef {object} Status What the story reads of `status --json`.
 * @property {{ requests: { stable: number, canary: number } }} release
 * @property {{ entries: { preview: string }[] }} proxy
 */

const CANARY = fileURLToPath(new URL('../../bin/canary.js', import.meta.url));
const PRODUCTION = ['frontend', 'discounts', 'advertisements', 'db'];

/**
 * The stage of one run: its place, its narrator and the ways to act on both.
 * @param {{ place: Place, narrator: Narrator, run: Run, signal: AbortSignal }} parts
 */
export function makeStage({ place, narrator, run, signal }) {
  const { ports } = place;
  const shop = `http://localhost:${ports.shop}/`;
  const discounts = `http://localhost:${ports.discounts}/discount`;
  const users = makeUsers(1000);

  /**
   * @param {string} typed
   * @param {string} command
   * @param {readonly string[]} args
   */
  async function show(typed, command, args) {
    narrator.command(typed);
    return run(command, args, { typed, onLine: narrator.output });
  }

  return {
    narrator,
    run,
    signal,
    place,
    shop,
    discounts,
    users,

    /**
     * Runs a program and shows it with its output.
     * @param {string} command
     * @param {readonly string[]} args
     */
    show(command, ...args) {
      return show(asTyped([command, ...args]), command, args);
    },

    /**
     * The same for the CLI under test, which users type as `canary`.
     * @param {readonly string[]} args
     */
    canary(...args) {
      return show(asTyped(['canary', ...args]), process.execPath, [CANARY, ...args]);
    },

    /**
     * The same if a failure is expected; returns the exit code.
     * @param {readonly string[]} args
     */
    async canaryEnds(...args) {
      try {
        await this.canary(...args);
        return 0;
      } catch (error) {
        if (error instanceof CommandFailed) return error.exitCode;
        throw error;
      }
    },

    /**
     * What `canary status` reports to programs; not shown.
     * @returns {Promise<Status>}
     */
    async status() {
      return JSON.parse(await run(process.execPath, [CANARY, 'status', '--json']));
    },

    /**
     * Opens the shop page and shows what a visitor reads there.
     * @param {string} url
     * @param {Record<string, string>} [headers]
     */
    async visit(url, headers = {}) {
      const answer = await send(url, { headers });
      const sent = Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`);
      const read = discountLine(answer.text) || answer.error || answer.text.trim();
      narrator.request(`GET ${url}${sent.join('')}`, `${answer.status || 'no answer'}  "${read}"`);
      return answer;
    },

    /** One page for each of 1,000 users. */
    askEveryone: () => askEach(shop, users, signal),

    /**
     * The codes in the database, through the stable's own API.
     * @returns {Promise<string[]>}
     */
    async codes() {
      const answer = await send(discounts);
      return answer.status === 200
        ? JSON.parse(answer.text).map((/** @type {{ code: string }} */ { code }) => code)
        : [];
    },

    fingerprint: (services = PRODUCTION) => fingerprint(place, run, services),
  };
}

/**
 * The users whose page has this property.
 * @param {ReadonlyMap<string, Answer>} answers
 * @param {(answer: Answer) => boolean} hasProperty
 */
export function usersWhere(answers, hasProperty) {
  return [...answers].filter(([, answer]) => hasProperty(answer)).map(([user]) => user);
}

export const isOk = (/** @type {Answer} */ answer) => answer.status === 200;
export const isBroken = (/** @type {Answer} */ answer) =>
  discountLine(answer.text).includes('undefined');

/** @param {readonly string[]} args */
function asTyped(args) {
  return args.map((each) => (/^[\w./:=@{}-]+$/.test(each) ? each : `'${each}'`)).join(' ');
}
