import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Side, Stack, type StackKind } from './stack.ts';
import type { ContainerFacts } from './storedog.ts';
import { userNames, visit } from './visitors.ts';

/** A kind of stack and what is seen from inside while its canary has a third of the users. */
export interface StackCase extends StackKind {
  /** The services that answer the stable and the canary at a path from the entry; one name if both get the same. */
  reaches?: Readonly<Record<string, string | readonly [stable: string, canary: string]>>;
  /** Environment variables that are empty for a clone. */
  emptySettings?: readonly string[];
  /** Files that survive everything, including `up` and `down`. */
  keptFiles?: readonly string[];
  /** Files that are the same on both sides, each as a path to request. */
  sharedFiles?: readonly string[];
  /** Files that each side has separately. */
  ownFiles?: readonly string[];
  /** Further checks, by title. */
  also?: Readonly<Record<string, (stack: Stack) => Promise<void>>>;
  /** The commands that end the canary. */
  ends: readonly string[];
}

const SIDES: readonly Side[] = ['stable', 'canary'];
/** Often enough that an alias of two containers would show. */
const AGAIN = 16;
const KEPT = 'of production';

/** Runs production, its canary and their end, and checks sharing, pairing and splitting. */
export function describeStack(kind: StackCase): void {
  const { clones, reaches = {}, sharedFiles = [], ownFiles = [], also = {}, ends } = kind;
  const { keptFiles = [], emptySettings = [] } = kind;

  describe(kind.title, () => {
    let stack: Stack;
    let before: { services: string[]; holdings: string[] };
    let stable: ContainerFacts[];
    let cloneVolumes: string[];
    const users = userNames(90);

    const versions = async () => {
      const counts: Record<string, number> = {};
      for (const { page } of await visit(stack.url, users)) counts[page] = (counts[page] ?? 0) + 1;
      return counts;
    };
    const kept = async () =>
      Promise.all(keptFiles.map(async (path) => [path, await stack.ask('stable', path)]));
    const cloned = () => clones.map((name) => `${name}-canary`);

    beforeAll(async () => {
      stack = await Stack.of(kind);
      await stack.compose('up', '--detach', '--build', '--quiet-pull');
      await stack.untilShopAnswers();
      before = { services: await stack.services(), holdings: await stack.holdings() };
      for (const path of keptFiles) await stack.ask('stable', path, KEPT);
      await stack.choose();
      await stack.succeed('up');
      stable = await stack.stableContainers();
      await stack.succeed('deploy', '--branch', 'canary', '--weight', '30');
      const all = await stack.containers();
      const own = stable.flatMap(({ service }) => service);
      const theirs = new Set(await volumesOf(stack, own));
      const names = all.map(({ service }) => service).filter((name) => !own.includes(name));
      cloneVolumes = (await volumesOf(stack, names)).filter((name) => !theirs.has(name));
    });

    afterAll(() => stack?.dispose());

    it('gets a canary of the chosen services, and nothing else is created or touched', async () => {
      expect(await stack.services()).toEqual(
        [...before.services, 'canary-proxy', ...cloned()].sort(),
      );
      expect(await stack.stableContainers()).toEqual(stable);
      expect(await kept()).toEqual(keptFiles.map((path) => [path, KEPT]));
    });

    it('has the settings of the stable', async () => {
      const settings = async (side: Side) =>
        Object.fromEntries((await stack.ask(side, '/env')) as [string, string][]);
      const expected = await settings('stable');
      for (const name of emptySettings) expected[name] = '';
      expect(await settings('canary')).toEqual({ ...expected, HOSTNAME: expect.any(String) });
    });

    it('splits its users according to the weight', async () => {
      const seen = await versions();
      const [name] = ((await stack.ask('stable', '/')) as string).split(' ');
      expect(Object.keys(seen).sort()).toEqual([`"${name} canary"`, `"${name} stable"`]);
      const share = (seen[`"${name} canary"`] ?? 0) / users.length;
      expect(share).toBeGreaterThan(0.15);
      expect(share).toBeLessThan(0.45);
      expect(await versions()).toEqual(seen);
      expect(await stack.ask('canary', '/')).toBe(`${name} canary`);
    });

    if (Object.keys(reaches).length > 0)
      it('reaches its own side, and what is shared', async () => {
        const expected: Record<string, readonly string[]> = {};
        const seen: Record<string, readonly string[]> = {};
        for (const [path, answer] of Object.entries(reaches)) {
          expected[path] = typeof answer === 'string' ? [answer, answer] : answer;
          seen[path] = await Promise.all(SIDES.map((side) => answersOf(stack, side, path)));
        }
        expect(seen).toEqual(expected);
      });

    if (sharedFiles.length + ownFiles.length > 0)
      it('sees the files of its side', async () => {
        const seen: Record<string, unknown> = {};
        for (const path of [...sharedFiles, ...ownFiles]) {
          const text = `of ${stack.project}`;
          expect(await stack.ask('canary', path, text)).toBe(text);
          const found = await stack.ask('stable', path);
          seen[path] = found === text ? 'shared' : (found ?? 'own');
        }
        expect(seen).toEqual({
          ...Object.fromEntries(sharedFiles.map((path) => [path, 'shared'])),
          ...Object.fromEntries(ownFiles.map((path) => [path, 'own'])),
        });
      });

    it.each(Object.entries(also))('%s', (_, look) => look(stack));

    it(`leaves no trace after \`${ends.join('` and `')}\``, async () => {
      for (const command of ends) {
        expect(await stack.stableContainers()).toEqual(stable);
        await stack.succeed(command, '--yes');
        await stack.untilShopAnswers();
        expect(Object.keys(await versions())).toEqual([
          `${JSON.stringify(await stack.ask('canary', '/'))}`,
        ]);
        expect(await stack.ask('canary', '/')).toMatch(/ stable$/);
      }
      expect(await stack.services()).toEqual(before.services);
      expect(await kept()).toEqual(keptFiles.map((path) => [path, KEPT]));
      expect(await stack.holdings()).toEqual(before.holdings);
      const left = await Promise.all(cloneVolumes.map((name) => stack.hasVolume(name)));
      expect(left).not.toContain(true);
      expect(await stack.git('worktree', 'list')).not.toContain('\n');
      expect(await stack.git('status', '--porcelain')).toBe('');
      expect(await stack.read('.canary/override.yml')).toBe('services: {}\n');
    });
  });

  async function answersOf(stack: Stack, side: Side, path: string): Promise<string> {
    const asked = Array.from({ length: AGAIN }, () => stack.ask(side, path));
    return [...new Set(await Promise.all(asked))].join(', ');
  }
}

async function volumesOf(stack: Stack, services: readonly string[]): Promise<string[]> {
  const mounts = (await stack.inspect(...services)).flatMap(({ Mounts }) => Mounts);
  return mounts.flatMap(({ Name }) => Name ?? []);
}
