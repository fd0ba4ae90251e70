import { CanaryError } from '../../errors.ts';
import type { Project } from '../load.ts';

/** Throws `repository-missing` for what needs a branch, where git does not keep the project. */
export function requireGit({ isInGit, directory }: Pick<Project, 'isInGit' | 'directory'>): void {
  if (isInGit) return;
  throw new CanaryError('repository-missing', `${directory} is not in a git repository.`, {
    hint: 'A branch needs one: run `git init` and commit your project. Images that were built elsewhere need none: `canary deploy --tag TAG`.',
  });
}
