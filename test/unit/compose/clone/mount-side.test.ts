import { describe, expect, test } from 'vitest';
import { type MountFacts, mountSide } from '../../../../src/compose/clone/mount-side.ts';

const CODE: MountFacts = {
  said: undefined,
  readOnly: false,
  isProject: false,
  tracked: ['site/app.py', 'site/README.md'],
  untracked: [],
  ignoresNew: false,
  leadsOut: false,
};
const sideOf = (facts: Partial<MountFacts>) => mountSide({ ...CODE, ...facts }).side;

describe('a mount is data', () => {
  test.each<[string, Partial<MountFacts>]>([
    ['if git does not track it', { tracked: [] }],
    ['if git only keeps the folder', { tracked: ['uploads/.gitkeep', 'uploads/README.md'] }],
    ['if git ignores what is new in it', { tracked: ['uploads/logo.png'], ignoresNew: true }],
    ['if it holds files that git does not track', { untracked: ['uploads/a.jpg'] }],
    ['if a link leads out of the repository', { leadsOut: true }],
    ['if canary.yaml says so', { said: 'shared' }],
  ])('%s', (_, facts) => {
    expect(sideOf(facts)).toBe('stable');
  });
});

describe('a mount is code', () => {
  test.each<[string, Partial<MountFacts>]>([
    ['if git tracks it', {}],
    ['if nothing can be written to it', { readOnly: true, tracked: ['conf/.gitkeep'] }],
    ['beside what programs and editors leave', { untracked: ['a/__pycache__/', 'b.pyc', 'c~'] }],
    ['if it is the whole project', { isProject: true, untracked: ['uploads/a.jpg'] }],
    ['if canary.yaml says so', { said: 'branch', untracked: ['uploads/a.jpg'] }],
  ])('%s', (_, facts) => {
    expect(sideOf(facts)).toBe('branch');
  });
});
