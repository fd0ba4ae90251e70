import { notInRepository } from '../../system/git/location.ts';
import type { Project } from '../load.ts';

/** Throws `repository-missing` for what needs a branch, where git does not keep the project. */
export function requireGit({ isInGit, directory }: Pick<Project, 'isInGit' | 'directory'>): void {
  if (!isInGit) throw notInRepository(directory);
}
