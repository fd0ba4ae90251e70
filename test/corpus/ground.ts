import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ComposeModel } from '../../src/compose/model/model.ts';
import { CanaryError } from '../../src/errors.ts';
import { readConfigurationFiles } from '../../src/project/configuration-files.ts';
import { loadComposeProject } from '../../src/project/load.ts';
import { contextIn } from '../support/fixture-context.ts';
import { secretsIn } from '../support/invariants.ts';
import { oldestCompose } from '../support/oldest-compose.ts';
import type { Ground } from '../support/render-alone.ts';
import { projectFolder, type Stack } from './stacks.ts';

/** A copy of a stack, read once. */
export interface StackGround extends Ground {
  copy: string;
  secrets: readonly string[];
  /** The oldest Compose can also read the user's own files. */
  readsAll: boolean;
}

export async function groundOf(copy: string, stack: Stack): Promise<StackGround> {
  const at = stack.args.indexOf('--profile');
  const profile = at < 0 ? undefined : stack.args[at + 1];
  const context = contextIn(copy, { files: stack.files, profiles: profile ? [profile] : [] });
  const project = await loadComposeProject(context);
  const files = await readConfigurationFiles(project.model);
  const commit = (await context.git.resolve(copy, 'refs/heads/main')) ?? '';
  const composeFiles = await Promise.all(project.files.map((file) => readFile(file, 'utf8')));
  const settings = await settingsIn(projectFolder(copy, stack));
  const readsAll = await (oldest?.model(project.scope) ?? Promise.reject()).then(
    () => true,
    () => false,
  );
  const secrets = secretsIn(settings, composeFiles);
  return { context, project, files, commit, copy, secrets, readsAll };
}

const oldest = oldestCompose();
let overrides = 0;

/** The model of the user's files with an override, or Compose's error. */
export async function resolvedWith(
  { context, project, copy, readsAll }: StackGround,
  text: string,
): Promise<ComposeModel | string> {
  overrides += 1;
  const path = join(copy, '.git', `override-${overrides}.yml`);
  await writeFile(path, text);
  const scope = { ...project.scope, files: [...project.files, path] };
  try {
    const [model] = await Promise.all([
      context.compose.model(scope),
      readsAll ? oldest?.model(scope) : undefined,
    ]);
    return model;
  } catch (error) {
    if (!(error instanceof CanaryError)) throw error;
    return `Compose refuses the override: ${error.details.join(' ')}`;
  }
}

async function settingsIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => /(^|\.)env($|\.)/.test(name));
  return Promise.all(names.map((name) => readFile(join(folder, name), 'utf8').catch(() => '')));
}
