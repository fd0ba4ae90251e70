import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../../config/parse.ts';
import { type CanaryConfig, DEFAULT_BRANCHES } from '../../config/schema.ts';
import { CanaryError } from '../../errors.ts';
import type { RefUpdate } from '../../git/push.ts';
import { exists, readIfExists } from '../../system/files.ts';
import type { Context } from '../context.ts';
import { CONFIG_NAME } from './project.ts';

/** A repository that is pushed to, and the folder in which production runs from it. */
export interface Target {
  /** Where its refs and hooks are. */
  repository: string;
  /** Production's working tree. */
  directory: string;
  /** The compose project's folder inside of it, empty where that is its top. */
  project: string;
}

/** Where a prepared repository keeps what it is the target of, in git's own settings. */
export const TARGET_SETTING = { directory: 'canary.directory', project: 'canary.project' } as const;

/** Reads what `prepareTarget` wrote; throws `target-unusable`. */
export async function readTarget({ git }: Context, repository: string): Promise<Target> {
  const directory = await git.setting(repository, TARGET_SETTING.directory);
  if (directory === undefined) {
    throw new CanaryError('target-unusable', `${repository} is not prepared for deploying.`, {
      hint: 'Run `canary remote add NAME URL` on your machine, or `canary remote prepare` on this one.',
    });
  }
  const project = (await git.setting(repository, TARGET_SETTING.project)) ?? '';
  return { repository, directory, project };
}

/** The branches that are deployed: as production's canary.yaml says, else as the one that is pushed does. */
export async function deployBranches(
  context: Context,
  target: Target,
  updates: readonly RefUpdate[],
): Promise<CanaryConfig['git']> {
  const own = await readIfExists(configIn(target));
  if (own !== undefined) return parseConfig(own, configIn(target)).git;
  for (const { to } of updates) {
    const text = to && (await pushedConfig(context, target, to));
    if (text) return parseConfig(text, CONFIG_NAME).git;
  }
  return DEFAULT_BRANCHES;
}

/**
 * Works in production with the canary.yaml that is there, or with that of the commit where production has none yet
 * because the commit is about to bring it.
 */
export async function withConfig<T>(
  context: Context,
  target: Target,
  commit: string,
  work: (production: Context) => Promise<T>,
): Promise<T> {
  const text = (await exists(configIn(target)))
    ? undefined
    : await pushedConfig(context, target, commit);
  if (text === undefined) return work(inProduction(context, target));
  const folder = await mkdtemp(join(tmpdir(), 'canary-pushed-'));
  try {
    const path = join(folder, CONFIG_NAME);
    await writeFile(path, text);
    return await work(inProduction(context, target, path));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function configIn({ directory, project }: Target): string {
  return join(directory, project, CONFIG_NAME);
}

function pushedConfig(
  { git }: Context,
  { repository, project }: Target,
  commit: string,
): Promise<string | undefined> {
  return git.fileAt(repository, commit, join(project, CONFIG_NAME));
}

/** Whether production's working tree has been made. */
export function hasTree({ directory }: Target): Promise<boolean> {
  return exists(join(directory, '.git'));
}

/** The same context at work in production's folder, whatever the flags of the pusher's were. */
export function inProduction(context: Context, target: Target, config?: string): Context {
  const directory = join(target.directory, target.project);
  return { ...context, options: { ...context.options, directory, config } };
}
