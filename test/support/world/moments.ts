import { BRANCH, BRANCH_BEHIND } from './repository.ts';
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

const deployed = (branch: string) => ['deploy', '--branch', branch, '--weight', '20'];

/** The commands that do something in git. */
export const MOMENTS_IN_GIT = {
  deploy: {
    ...{ name: 'deploy of a branch', command: deployed(BRANCH), isEnded: true, isInGit: true },
    before: [['up']],
  },
  promote: {
    ...{ name: 'promote of a branch', command: ['promote', '--yes'], isEnded: true, isInGit: true },
    before: [['up'], deployed(BRANCH)],
  },
  merge: {
    ...{ name: 'promote of a branch that is behind', isEnded: true, isInGit: true },
    ...{ before: [['up'], deployed(BRANCH_BEHIND)], command: ['promote', '--yes'] },
  },
  revert: {
    ...{ name: 'revert of a branch', command: ['revert'], isEnded: true, isInGit: true },
    before: [['up'], deployed(BRANCH)],
  },
  takeBack: {
    ...{ name: 'revert of a promoted branch', isEnded: true, isInGit: true },
    before: [['up'], deployed(BRANCH), ['promote', '--yes']],
    command: ['revert', 'RELEASE', '--yes'],
  },
} as const satisfies Record<string, Moment>;
