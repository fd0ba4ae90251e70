import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { Context } from '../../context.ts';
import type { DeployTarget } from '../../documents/git.ts';
import { CanaryError } from '../../errors.ts';
import { mkdir, readdir, readFile, realpath } from '../../system/disk.ts';
import { exists, readIfExists, writeDurably } from '../../system/files.ts';
import { shellWord } from '../../system/shell-word.ts';
import { TARGET_SETTING } from './target.ts';

export interface PrepareOptions {
  /** The repository to push to: a path, created as a bare repository if there is none. */
  repository: string;
  /** Where production runs; beside the repository when left out. */
  directory: string | undefined;
  /** The compose project's folder inside the repository, empty for its top. */
  project: string;
  /** The branch production is built from. */
  stable: string;
  /** How the pushing repository names objects, such as `sha256`; git's own choice when left out. */
  objectFormat?: string | undefined;
}

const MARK = 'canary-hook';

/**
 * Prepares a repository that deploys what is pushed to it: a bare one beside production's folder, or the one whose
 * working tree is production's folder. Safe to repeat. Throws `target-unusable`, with nothing changed.
 */
export async function prepareTarget(
  context: Context,
  options: PrepareOptions,
): Promise<DeployTarget> {
  const { git } = context;
  const place = await realPlace(resolveHome(options.repository));
  const found = await git.repositoryAt(place);
  if (!found && (await exists(place)) && (await readdir(place)).length > 0) {
    throw new CanaryError('target-unusable', `${place} is not empty and not a git repository.`, {
      hint: 'Name a path that does not exist yet, such as one that ends in `.git`.',
    });
  }
  const directory = found?.tree ?? (await productionFolder(context, place, options.directory));
  const repository = found?.commonDirectory ?? place;
  if (found) {
    await refuseOtherFormat(context, repository, options.objectFormat);
    await refuseSharedHooks(context, repository);
    await refuseOtherHook(context, repository);
  } else {
    await git.initBare(place, options.stable, options.objectFormat);
    // A folder of hooks for all repositories of this machine would get canary's hook, and this repository theirs.
    await git.configure(place, 'core.hooksPath', join(place, 'hooks'));
  }
  await mkdir(directory, { recursive: true });
  await installHook(context, repository);
  await git.configure(repository, TARGET_SETTING.directory, directory);
  await git.configure(repository, TARGET_SETTING.project, options.project);
  // The hook decides on every ref (git-config(1), receive.procReceiveRefs).
  await git.configure(repository, 'receive.procReceiveRefs', 'refs');
  await git.configure(repository, 'receive.advertisePushOptions', 'true');
  return { repository, directory, project: options.project };
}

/** Beside the repository, under its name without `.git`; rejects the tree of another repository. */
async function productionFolder(
  { git }: Context,
  repository: string,
  given: string | undefined,
): Promise<string> {
  const beside = repository.endsWith('.git')
    ? repository.slice(0, -'.git'.length)
    : `${repository}-production`;
  const directory = await realPlace(given === undefined ? beside : resolveHome(given));
  const other = await git.repositoryAt(directory);
  if (other && other.commonDirectory !== repository) {
    throw new CanaryError('target-unusable', `${directory} is a repository of its own.`, {
      hint: `Deploy to it directly: give its own path, ${directory}, or choose another folder with \`--production\`.`,
    });
  }
  return directory;
}

async function installHook({ git, program }: Context, repository: string): Promise<void> {
  const template = await readFile(join(program.templates, 'hooks/proc-receive'), 'utf8');
  const text = template
    .replaceAll('@NODE@', shellWord(program.node))
    .replaceAll('@SCRIPT@', shellWord(program.script));
  const hooks = await git.hooksDirectory(repository);
  await mkdir(hooks, { recursive: true });
  await writeDurably(join(hooks, 'proc-receive'), text, 0o755);
}

/** git itself would only report a wrong protocol, at the first push. */
async function refuseOtherFormat(
  { git }: Context,
  repository: string,
  wanted: string | undefined,
): Promise<void> {
  const format = await git.objectFormat(repository);
  if (wanted === undefined || wanted === format) return;
  throw new CanaryError(
    'target-unusable',
    `${repository} has objects of ${format}, the repository that pushes has ${wanted}.`,
    { hint: 'Name a path that does not exist yet; canary creates a matching repository.' },
  );
}

/** In a folder that other repositories use as well, the hook would answer for all of them. */
async function refuseSharedHooks({ git }: Context, repository: string): Promise<void> {
  const hooks = await git.hooksDirectory(repository);
  if (hooks.startsWith(`${repository}/`)) return;
  throw new CanaryError(
    'target-unusable',
    `The hooks of ${repository} are outside it, in ${hooks}.`,
    {
      hint: `Give it hooks of its own: \`git -C ${repository} config core.hooksPath ${join(repository, 'hooks')}\`.`,
    },
  );
}

async function refuseOtherHook({ git }: Context, repository: string): Promise<void> {
  const path = join(await git.hooksDirectory(repository), 'proc-receive');
  const text = await readIfExists(path);
  if (text === undefined || text.includes(MARK)) return;
  throw new CanaryError('target-unusable', `${path} is another hook already.`, {
    hint: 'canary needs this hook; move it away, or deploy to another repository.',
  });
}

function resolveHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : resolve(path);
}

/** The path as git names it: links in it are resolved, even if the last part does not exist yet. */
async function realPlace(path: string): Promise<string> {
  if (await exists(path)) return realpath(path);
  const parent = dirname(path);
  return parent === path ? path : join(await realPlace(parent), basename(path));
}
