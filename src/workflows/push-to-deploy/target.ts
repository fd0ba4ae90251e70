import { join } from 'node:path';
import { parseConfig } from '../../config/parse.ts';
import { type CanaryConfig, DEFAULT_BRANCHES } from '../../config/schema.ts';
import type { Context } from '../../context.ts';
import type { DeployTarget } from '../../documents/git.ts';
import { CanaryError } from '../../errors.ts';
import { branchRef } from '../../git/branch-name.ts';
import type { RefUpdate } from '../../git/push.ts';
import { CONFIG_NAME } from '../../project/load.ts';
import { mkdtemp, rm, temporaryFolder, writeFile } from '../../system/disk.ts';
import { exists, readIfExists } from '../../system/files.ts';

/** The git settings in which a prepared repository keeps what it deploys to. */
export const TARGET_SETTING = { directory: 'canary.directory', project: 'canary.project' } as const;

/** Reads what `prepareTarget` wrote; throws `target-unusable`. */
export async function readTarget({ git }: Context, repository: string): Promise<DeployTarget> {
  const directory = await git.setting(repository, TARGET_SETTING.directory);
  if (directory === undefined) {
    throw new CanaryError('target-unusable', `${repository} is not prepared for deploying.`, {
      hint: 'Run `canary remote add NAME URL` on your machine, or `canary remote prepare` on this one.',
    });
  }
  const project = (await git.setting(repository, TARGET_SETTING.project)) ?? '';
  return { repository, directory, project };
}

/**
 * The branches that are deployed, by production's canary.yaml. Until the first push has ended, that file is only what
 * an earlier push left, and if it does not parse, nothing could fix it: in both cases by the pushed one.
 */
export async function deployBranches(
  context: Context,
  target: DeployTarget,
  updates: readonly RefUpdate[],
): Promise<CanaryConfig['git']> {
  const own = readConfig(await readIfExists(configIn(target)), configIn(target));
  if (own && 'config' in own && (await hasStable(context, target, own.config))) {
    return own.config.git;
  }
  let problem = own && 'problem' in own ? own.problem : undefined;
  for (const { to } of updates) {
    const pushed = readConfig(to && (await pushedConfig(context, target, to)), CONFIG_NAME);
    if (pushed && 'config' in pushed) return pushed.config.git;
    if (pushed) problem = pushed.problem;
  }
  if (problem) throw problem;
  return own && 'config' in own ? own.config.git : DEFAULT_BRANCHES;
}

/**
 * Works in production with its canary.yaml, or with that of the commit if production has none that can be read: the
 * commit is about to bring it.
 */
export async function withConfig<T>(
  context: Context,
  target: DeployTarget,
  commit: string,
  work: (production: Context) => Promise<T>,
): Promise<T> {
  const own = readConfig(await readIfExists(configIn(target)), configIn(target));
  const isUsable = own !== undefined && 'config' in own;
  const text = isUsable ? undefined : await pushedConfig(context, target, commit);
  if (text === undefined) return work(inProduction(context, target));
  const folder = await mkdtemp(join(temporaryFolder(), 'canary-pushed-'));
  try {
    const path = join(folder, CONFIG_NAME);
    await writeFile(path, text);
    return await work(inProduction(context, target, path));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function readConfig(
  text: string | undefined,
  name: string,
): { config: CanaryConfig } | { problem: unknown } | undefined {
  if (text === undefined) return undefined;
  try {
    return { config: parseConfig(text, name) };
  } catch (problem) {
    return { problem };
  }
}

async function hasStable(
  { git }: Context,
  { repository }: DeployTarget,
  { git: { stable } }: CanaryConfig,
): Promise<boolean> {
  return (await git.resolve(repository, branchRef(stable))) !== undefined;
}

function configIn({ directory, project }: DeployTarget): string {
  return join(directory, project, CONFIG_NAME);
}

function pushedConfig(
  { git }: Context,
  { repository, project }: DeployTarget,
  commit: string,
): Promise<string | undefined> {
  return git.fileAt(repository, commit, join(project, CONFIG_NAME));
}

/** Whether production's working tree exists. */
export function hasTree({ directory }: DeployTarget): Promise<boolean> {
  return exists(join(directory, '.git'));
}

/** The same context in production's folder, whatever folder and canary.yaml the flags named. */
export function inProduction(context: Context, target: DeployTarget, config?: string): Context {
  const directory = join(target.directory, target.project);
  return { ...context, options: { ...context.options, directory, config } };
}
