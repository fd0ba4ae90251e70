// What the tests need to read canary in a real terminal, and the shells that complete its words.
import { install } from './apt.mjs';
import { needRootOnDebian } from './machine.mjs';
import { run } from './process.mjs';

/** @import { Step } from './steps.mjs' */

const PROGRAMS = { tmux: '-V', zsh: '--version', fish: '--version' };

/** @type {Step} */
export const terminal = {
  title: 'A terminal and its shells',

  async inPlace() {
    return (await missing()).length === 0;
  },

  async provide({ machine, say }) {
    const packages = await missing();
    needRootOnDebian(
      machine,
      `The tests need ${packages.join(' and ')}.`,
      'Install tmux, zsh and fish.',
    );
    say(`installing ${packages.join(', ')} for the tests from the packages of ${machine.name}`);
    await install(packages, machine);
  },
};

async function missing() {
  const found = await Promise.all(
    Object.entries(PROGRAMS).map(async ([program, flag]) => {
      return (await run(program, [flag])).code === 127 ? [program] : [];
    }),
  );
  return found.flat();
}
