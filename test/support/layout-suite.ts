import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { advanceBranch } from '../../src/project/git/branches.ts';
import { findRepository } from '../../src/project/git/repository.ts';
import { withScratchTree } from '../../src/project/git/scratch-tree.ts';
import { canary } from './fixture-cli.ts';
import { contextIn } from './fixture-context.ts';
import { LAYOUTS, type LayoutName } from './fixture-layouts.ts';
import { ADDS_FILE, diffPatch, MAIL_AUTHOR, mailPatch } from './fixture-patch.ts';
import {
  emptyFolder,
  git,
  shareFolders,
  stateBut,
  type UserState,
  userState,
} from './fixture-project.ts';

const CANARY_REF = 'refs/heads/canary';

/** What the commands of git change in a repository like these, and nothing else. */
export const layoutSuite = (names: readonly LayoutName[]) =>
  describe.each(names)('in %s', (name) => {
    let folder: string;
    let before: UserState;
    let tip: string;

    /** Nothing of the user has changed, except one ref. */
    const expectChanged = async (ref: string) =>
      expect(stateBut(await userState(folder), ref)).toEqual(stateBut(before, ref));

    // Each test starts with what the previous one left.
    beforeAll(() =>
      shareFolders(async () => {
        folder = await LAYOUTS[name]();
      }),
    );

    beforeEach(async () => {
      before = await userState(folder);
      tip = before.refs[CANARY_REF] ?? '';
    });

    test('branch creates a branch and changes nothing else', async () => {
      const { stdout } = await canary(folder, ['branch', 'other', '--json']);
      const main = await git(folder, 'rev-parse', 'main');
      expect(JSON.parse(stdout)).toEqual({ branch: 'other', commit: main, created: true });
      expect(await git(folder, 'rev-parse', 'refs/heads/other')).toBe(main);
      await expectChanged('refs/heads/other');
    });

    test('a patch that does not apply changes nothing', async () => {
      const diff = await diffPatch('bad.diff', ADDS_FILE.replace('new file mode 100644\n', ''));
      const { stdout, exitCode } = await canary(folder, ['apply', diff, '--json']);
      expect(JSON.parse(stdout).error.code).toBe('patch-refused');
      expect(exitCode).toBe(2);
      expect(await userState(folder)).toEqual(before);
    });

    test('apply commits a mail and a diff to the branch and changes nothing else', async () => {
      const common = await git(folder, 'rev-parse', '--path-format=absolute', '--git-common-dir');
      const mail = await mailPatch(common, 'canary', { 'price.txt': 'one\n2\nthree\n' });
      const diff = await diffPatch('add.diff', ADDS_FILE);
      const outcome = await canary(folder, ['apply', mail, diff, '--json']);
      const commit = await git(folder, 'rev-parse', CANARY_REF);
      expect(outcome).toMatchObject({ stderr: '', exitCode: 0 });
      expect(JSON.parse(outcome.stdout)).toEqual({
        branch: 'canary',
        commit,
        applied: [mail, diff],
      });
      expect(await git(folder, 'log', '--format=%an <%ae> %s', `${tip}..canary`)).toBe(
        `Ada <ada@example.com> Apply add.diff\n${MAIL_AUTHOR} A mail`,
      );
      // No other path is touched, and so no pointer and no submodule.
      expect(await git(folder, 'diff', '--name-status', tip, commit)).toBe(
        'A\tnew.txt\nM\tprice.txt',
      );
      await expectChanged(CANARY_REF);
    });

    test('push pushes the branch and changes nothing else', async () => {
      const remote = await emptyFolder();
      await git(remote, 'init', '--quiet', '--bare');
      await git(folder, 'remote', 'add', 'deploy', remote);
      before = await userState(folder);
      const { stdout } = await canary(folder, ['push', '--json']);
      expect(JSON.parse(stdout)).toEqual({
        remote: 'deploy',
        branch: 'canary',
        commit: tip,
        changed: true,
      });
      expect(await git(remote, 'for-each-ref', '--format=%(refname) %(objectname)')).toBe(
        `${CANARY_REF} ${tip}`,
      );
      await expectChanged('refs/remotes/deploy/canary');
    });

    test.each(['takeTree', 'revert'] as const)(
      'a commit that reverts another, made by %s, changes nothing of the user',
      async (way) => {
        const context = contextIn(folder);
        const project = await findRepository(context);
        const parent = await git(folder, 'rev-parse', `${tip}^`);
        const to = await withScratchTree(context, project, tip, async (tree) => {
          if (way === 'takeTree') await context.git.takeTree(tree, parent);
          else await context.git.revert(tree, [tip]);
          return context.git.commit(tree, 'Revert "it"');
        });
        await advanceBranch(context, project, { ref: CANARY_REF, from: tip, to });
        expect(await git(folder, 'rev-parse', 'canary', `canary^{tree}`)).toBe(
          `${to}\n${await git(folder, 'rev-parse', `${parent}^{tree}`)}`,
        );
        await expectChanged(CANARY_REF);
      },
    );

    test('canary.yaml is read, or defaults are used', async () => {
      const { config } = await findRepository(contextIn(folder));
      expect(config.git).toEqual({ stable: 'main', canary: 'canary', remote: 'deploy' });
    });
  });
