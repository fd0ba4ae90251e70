// What a machine needs, in this order: each step may need the ones before it.
import { build } from './build.mjs';
import { engine } from './engine.mjs';
import { git } from './git.mjs';
import { images } from './images.mjs';
import { npmPackages } from './npm-packages.mjs';
import { oldestCompose } from './oldest-compose.mjs';
import { plugins } from './plugins.mjs';
import { ssh } from './ssh.mjs';
import { terminal } from './terminal.mjs';
import { mariadb, prometheus, registry } from './test-images.mjs';

/** @import { Machine } from './machine.mjs' */

/**
 * @typedef {object} Ground What every step gets.
 * @property {string} root The project's folder.
 * @property {Machine} machine
 * @property {(line: string) => void} say
 */

/**
 * @typedef {object} Step Something that must be there.
 * @property {string} title Its name for users.
 * @property {(ground: Ground) => Promise<boolean>} inPlace
 * @property {(ground: Ground) => Promise<void>} provide
 */

/** @type {readonly Step[]} */
export const FOR_DEMO = [npmPackages, build, git, engine, plugins, images];

/** @type {readonly Step[]} */
export const FOR_TESTS = [...FOR_DEMO, ssh, terminal, oldestCompose, prometheus, mariadb, registry];
