import { relative } from 'node:path';
import { parseConfig } from '../../config/parse.ts';
import { type CanaryConfig, DEFAULT_BRANCHES } from '../../config/schema.ts';
import { readIfExists } from '../../system/files.ts';
import type { Context } from '../context.ts';
import { findComposeFiles } from './compose-files.ts';
import { configPath } from './project.ts';
export async function loadRepository(
  context: Context,
): Promise<{ repository: string; settings: CanaryConfig['git']; project: string }> {
  const { directory } = await findComposeFiles(context).catch(() => context.options);
  const repository = await context.git.root(directory);
  const path = configPath(context, directory);
  const text = await readIfExists(path);
  const settings = text === undefined ? DEFAULT_BRANCHES : parseConfig(text, path).git;
  return { repository, settings, project: relative(repository, directory) };
}
