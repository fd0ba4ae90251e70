import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CanaryError, hasCode } from '../../src/errors.ts';
import { mirrorOf } from '../../src/project/checkout/mirror.ts';
import { readConfigurationFiles } from '../../src/project/configuration-files.ts';
import { layoutOf } from '../../src/project/layout.ts';
import type { ArbitraryProject } from './fixture-arbitrary-compose.ts';
import { contextIn } from './fixture-context.ts';
import { writeFiles } from './fixture-project.ts';
import { brokenInvariants } from './invariants.ts';
import { renderAlone } from './render-alone.ts';

const COMMIT = 'c'.repeat(40);

export type Verdict =
  | { kind: 'refused-by-compose' | 'refused'; why: string }
  | { kind: 'rendered'; faults: string[] };

/**
 * Renders the choice of a random project in a folder and checks the result against the invariants. The branch is the
 * folder itself; git is not used.
 */
export async function verdictOn(
  folder: string,
  { text, chosen }: ArbitraryProject,
): Promise<Verdict> {
  const layout = layoutOf(folder);
  const { tree } = mirrorOf(layout.worktrees, COMMIT, folder);
  const files = { 'compose.yaml': text, 'some.env': 'SOME=env\n', 'secret.txt': 'x' };
  for (const place of [folder, tree]) {
    await writeFiles(place, files);
    await mkdir(join(place, 'code'), { recursive: true });
  }
  const context = contextIn(folder, { profiles: ['*'] });
  const git = {
    ...context.git,
    holds: async () => true,
    worktreeOf: async () => ({ tree, gitFolder: '/nowhere' }),
    checkOutSubmodules: async () => undefined,
    pointersIn: async () => [],
    trackedFiles: async (_: unknown, path: string) => [path],
    untrackedFiles: async () => [],
    ignoresNew: async () => false,
  };
  const scope = {
    projectDirectory: folder,
    files: [join(folder, 'compose.yaml')],
    profiles: ['*'],
  };
  try {
    const model = await context.compose.model(scope);
    const files = { directory: folder, files: scope.files };
    const project = { ...files, repository: folder, isInGit: true, scope, model };
    const ground = { project, commit: COMMIT, context: { ...context, git } };
    const alone = await renderAlone(
      { ...ground, files: await readConfigurationFiles(model) },
      chosen,
    );
    const path = join(folder, 'override.yml');
    await writeFile(path, alone.text);
    const after = await context.compose
      .model({ ...scope, files: [...scope.files, path] })
      .catch((error: unknown) => {
        throw new Error(`Compose refuses the override: ${(error as CanaryError).details}`);
      });
    const { slice } = alone;
    const faults = brokenInvariants({ before: model, after, slice, written: {}, secrets: [] });
    return { kind: 'rendered', faults };
  } catch (error) {
    if (hasCode(error, 'compose-file-invalid'))
      return { kind: 'refused-by-compose', why: error.details.join(' ') };
    if (!(error instanceof CanaryError) || error.exitCode !== 2)
      return { kind: 'rendered', faults: [String(error)] };
    return { kind: 'refused', why: error.message };
  }
}
