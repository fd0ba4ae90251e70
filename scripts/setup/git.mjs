import { install } from './apt.mjs';
import { needRootOnDebian } from './machine.mjs';
import { run } from './process.mjs';

/** @import { Step } from './steps.mjs' */

/** @type {Step} */
export const git = {
  title: 'git',

  async inPlace() {
    return (await run('git', ['--version'])).code === 0;
  },

  async provide({ machine, say }) {
    needRootOnDebian(machine, 'git is missing.', 'Install git and run this again.');
    say(`installing git from the packages of ${machine.name} (git, ca-certificates)`);
    await install(['git', 'ca-certificates'], machine);
  },
};
