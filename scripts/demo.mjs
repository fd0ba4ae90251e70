#!/usr/bin/env node
// The whole story of a canary on Storedog, against the real engine, with the real CLI. Cleans up after itself.
import { makeNarrator, seconds } from './demo/narration.mjs';
import { CommandFailed, makeRunner } from './demo/programs.mjs';
import { claimPlace, clearPlace, environmentFor, fillPlace } from './demo/shop-copy.mjs';
import { makeStage } from './demo/stage.mjs';
import {
  badChange,
  databaseProtected,
  goodChange,
  judged,
  production,
  proxy,
  putAway,
  takenBack,
} from './demo/story.mjs';

/** @import { Place } from './demo/shop-copy.mjs' */

/** @type {Record<string, number>} */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGPIPE: 141, SIGTERM: 143 };

const narrator = makeNarrator(process.stdout, process.env);
const interrupt = new AbortController();
/** @param {string} signal */
const stop = (signal) => {
  if (!interrupt.signal.aborted) {
    interrupt.abort(signal);
  }
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, stop);
}
// The reader of the output is gone; what was started must still be removed.
process.stdout.on('error', () => stop('SIGPIPE'));

process.exitCode = await main();

async function main() {
  const began = Date.now();
  const place = await claimPlace();
  let isPlayed = false;
  try {
    await play(place);
    isPlayed = true;
  } catch (error) {
    reportFailure(error);
  }
  const isClean = await clear(place);
  if (interrupt.signal.aborted) {
    return EXIT_CODES[interrupt.signal.reason] ?? 1;
  }
  narrator.summary();
  if (!isPlayed || !isClean || !narrator.isAllAsExpected()) {
    narrator.failure('The demo did not go as it should.', []);
    return 1;
  }
  narrator.say(
    `All of it in ${seconds(Date.now() - began)}. How to go on: README.md has the same steps for a project
    of your own; start there with \`canary doctor\` and \`canary init\`.`,
  );
  return 0;
}

/** @param {Place} place */
async function play(place) {
  const { signal } = interrupt;
  const run = makeRunner({ directory: place.directory, env: environmentFor(place), signal });
  narrator.title('canary: try a change on a few users first');
  narrator.say(
    `Storedog is a pet shop run with docker compose. Two changes meet its users: one that breaks the page,
    one that is good. Containers, database, git and requests are all real. The copy used here has a
    compose project of its own (${place.project}) and is removed at the end. It takes a minute or two.`,
  );
  if (place.isShifted) {
    const { shop, discounts } = place.ports;
    narrator.say(
      `Ports 3000, 5001 or 13000 are in use here, so this copy publishes ${shop} and ${discounts}.`,
    );
  }
  await fillPlace(place, run);
  const stage = makeStage({ place, narrator, run, signal });
  await production(stage);
  await proxy(stage);
  const before = await badChange(stage);
  await takenBack(stage, before);
  await judged(stage);
  await databaseProtected(stage);
  await goodChange(stage);
  await putAway(stage);
}

/**
 * Removes everything of this run; a second Ctrl-C does not stop it.
 * @param {Place} place
 */
async function clear(place) {
  narrator.say(
    'Cleaning up: containers, network, volume, images and the temporary folder of this demo.',
  );
  const run = makeRunner({ directory: '/', env: environmentFor(place) });
  try {
    const left = await clearPlace(place, run);
    const isClean = Object.values(left).every((number) => number === 0);
    const words = Object.entries(left).map(([kind, number]) => `${number} ${kind}`);
    narrator.finding('Left behind', words.join(', '), isClean);
    return isClean;
  } catch (error) {
    const output = error instanceof CommandFailed ? error.output : [];
    narrator.failure(`Cleaning up failed: ${messageOf(error)}`, output);
    narrator.say(`What is left carries the label com.docker.compose.project=${place.project}.`);
    return false;
  }
}

/** @param {unknown} error */
function reportFailure(error) {
  if (interrupt.signal.aborted) {
    narrator.failure(`Interrupted (${interrupt.signal.reason}).`, []);
  } else if (error instanceof CommandFailed) {
    narrator.failure(error.message, error.output);
  } else {
    const stack = error instanceof Error ? (error.stack ?? '') : '';
    narrator.failure(`The demo failed: ${messageOf(error)}`, stack.split('\n').slice(1));
  }
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
