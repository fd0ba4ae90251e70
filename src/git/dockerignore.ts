const WITHOUT_GIT = /^\/?(\*\*\/)?\.git\/?\s*$/m;

/** Such as `!.git/HEAD`, for an image that is to know its commit. */
const PART_OF_GIT = /^!\s*\/?(\*\*\/)?\.git(\/|\s*$)/m;

/** Whether a .dockerignore keeps all of git's folder out of a build. */
export function leavesOutGit(dockerignore: string): boolean {
  return WITHOUT_GIT.test(dockerignore) && !PART_OF_GIT.test(dockerignore);
}
