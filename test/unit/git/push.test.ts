import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Branches, type Push, type RefUpdate, routePush } from '../../../src/git/push.ts';

const OLD = 'a'.repeat(40);
const NEW = 'b'.repeat(40);
const BRANCHES: Branches = { stable: 'main', canary: 'canary', running: undefined };

function moves(ref: string): RefUpdate {
  return { ref, from: OLD, to: NEW };
}

function removes(ref: string): RefUpdate {
  return { ref, from: OLD, to: undefined };
}

/** The actions of a push by ref, with reasons for rejections, in execution order. */
function routed(
  updates: readonly RefUpdate[],
  rest: Partial<Push> = {},
  branches: Partial<Branches> = {},
): string[] {
  const push = { updates, options: [], atomic: false, ...rest };
  return routePush(push, { ...BRANCHES, ...branches }).map((route) => {
    const why = route.action === 'refuse' ? `: ${route.reason}` : '';
    return `${route.update.ref} ${route.action}${why}`;
  });
}

describe('a push', () => {
  test('of the stable branch replaces the stable, of the canary branch the canary', () => {
    expect(routed([moves('refs/heads/main')])).toEqual(['refs/heads/main replace-stable']);
    expect(routed([moves('refs/heads/canary')])).toEqual(['refs/heads/canary deploy-canary']);
  });

  test('of both does the stable first, in any order', () => {
    expect(routed([moves('refs/heads/canary'), moves('refs/heads/main')])).toEqual([
      'refs/heads/main replace-stable',
      'refs/heads/canary deploy-canary',
    ]);
  });

  test('of another branch, a tag or any other ref is left to git', () => {
    const refs = ['refs/heads/feature', 'refs/tags/v1', 'refs/notes/commits'];
    expect(routed(refs.map(moves))).toEqual(refs.map((ref) => `${ref} leave`));
    const [feature, tag, note] = routePush(
      { updates: refs.map(moves), options: [], atomic: false },
      BRANCHES,
    );
    expect(feature).toMatchObject({ note: expect.stringContaining('git push -o canary') });
    expect(tag).toMatchObject({ note: 'a tag: kept, nothing is deployed' });
    expect(note).toMatchObject({ note: undefined });
  });

  test('cannot have git read another commit in place of one, nor undo that', () => {
    const ref = `refs/replace/${OLD}`;
    for (const update of [moves(ref), removes(ref)])
      expect(routed([update])).toEqual([
        `${ref} refuse: git would read another commit in place of the one that is deployed`,
      ]);
  });

  test('of another branch deploys it if asked to, or if it is the running canary', () => {
    const feature = [moves('refs/heads/feature')];
    expect(routed(feature, { options: ['canary'] })).toEqual(['refs/heads/feature deploy-canary']);
    expect(routed(feature, { options: ['weight=5'] })).toEqual([
      'refs/heads/feature deploy-canary',
    ]);
    expect(routed(feature, {}, { running: 'feature' })).toEqual([
      'refs/heads/feature deploy-canary',
    ]);
  });

  test('that deletes the canary branch removes the canary; the stable branch cannot be deleted', () => {
    expect(routed([removes('refs/heads/canary')])).toEqual(['refs/heads/canary retire-canary']);
    expect(routed([removes('refs/heads/feature')])).toEqual(['refs/heads/feature leave']);
    expect(routed([removes('refs/heads/feature')], {}, { running: 'feature' })).toEqual([
      'refs/heads/feature retire-canary',
    ]);
    expect(routed([removes('refs/heads/main')])).toEqual([
      'refs/heads/main refuse: the stable branch cannot be deleted: production is built from it',
    ]);
  });

  test('of two canaries deploys the one that canary.yaml names', () => {
    const both = [moves('refs/heads/feature'), moves('refs/heads/canary')];
    expect(routed(both, { options: ['canary'] })).toEqual([
      'refs/heads/canary deploy-canary',
      'refs/heads/feature refuse: one canary runs at a time; push this branch alone',
    ]);
  });

  test('that is atomic may deploy one thing, not two', () => {
    const both = [moves('refs/heads/main'), moves('refs/heads/canary')];
    expect(routed(both, { atomic: true }).every((each) => each.includes('refuse'))).toBe(true);
    expect(routed([moves('refs/heads/main'), moves('refs/tags/v1')], { atomic: true })).toEqual([
      'refs/heads/main replace-stable',
      'refs/tags/v1 leave',
    ]);
  });

  test('with an unknown option is rejected as a whole', () => {
    const [only] = routed([moves('refs/heads/main')], { options: ['wieght=5'] });
    expect(only).toBe(
      'refs/heads/main refuse: push option wieght=5 is not known; there are: canary, weight=PERCENT',
    );
  });
});

test('any push gets one answer per ref, and deploys at most one canary and one stable', () => {
  const ref = fc.constantFrom(
    'refs/heads/main',
    'refs/heads/canary',
    'refs/heads/feature',
    'refs/heads/other',
    'refs/tags/v1',
  );
  const update = ref.chain((each) => fc.constantFrom(moves(each), removes(each)));
  const push = fc.record({
    updates: fc.uniqueArray(update, { selector: (each) => each.ref, maxLength: 5 }),
    options: fc.subarray(['canary', 'weight=5', 'x']),
    atomic: fc.boolean(),
  });
  const running = fc.constantFrom(undefined, 'canary', 'feature', 'main');
  fc.assert(
    fc.property(push, running, (each, runs) => {
      const routes = routePush(each, { ...BRANCHES, running: runs });
      expect(routes.map((route) => route.update.ref).sort()).toEqual(
        each.updates.map((one) => one.ref).sort(),
      );
      const count = (action: string) => routes.filter((route) => route.action === action).length;
      expect(count('deploy-canary')).toBeLessThanOrEqual(1);
      expect(count('replace-stable')).toBeLessThanOrEqual(1);
      const stable = routes.find((route) => route.branch === 'main');
      expect(['replace-stable', 'refuse', undefined]).toContain(stable?.action);
    }),
  );
});
