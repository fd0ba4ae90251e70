import type { Moment } from './schedule.ts';
import { DEPLOY } from './shop.ts';

const AT_20 = [...DEPLOY, '--weight', '20'];

/** Every command of a life that changes something. */
export const MOMENTS = {
  up: { name: 'up', before: [], command: ['up'], isEnded: false },
  deploy: { name: 'deploy', before: [['up']], command: DEPLOY, isEnded: true },
  weight: { name: 'weight', before: [['up'], AT_20], command: ['weight', '40'], isEnded: true },
  pause: { name: 'pause', before: [['up'], AT_20], command: ['pause'], isEnded: true },
  resume: {
    ...{ name: 'resume', command: ['resume'], isEnded: true },
    before: [['up'], AT_20, ['pause']],
  },
  promote: {
    ...{ name: 'promote', command: ['promote', '--yes'], isEnded: true },
    before: [['up'], AT_20],
  },
  abort: { name: 'abort', before: [['up'], AT_20], command: ['abort'], isEnded: true },
  revert: { name: 'revert', before: [['up'], AT_20], command: ['revert'], isEnded: true },
  down: { name: 'down', before: [['up']], command: ['down'], isEnded: false },
} as const satisfies Record<string, Moment>;
