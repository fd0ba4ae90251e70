import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { loadProject } from '../../src/project/load.ts';
import { canaryAsIs } from '../support/fixture-cli.ts';
import { brokenInvariants } from '../support/invariants.ts';
import type { StackGround } from './ground.ts';
import { resolvedWith } from './ground.ts';
import { projectFolder, type Stack } from './stacks.ts';

/** The result of one sensible choice of services. */
export interface Outcome {
  stack: string;
  choice: string;
  /** Why canary rejected it; absent if it did not. */
  refusal?: string;
  /** What went wrong. */
  faults: readonly string[];
}

/** Every target of a stack alone, and the default choice of `init`, through `init`, `render` and `plan`. */
export async function tryChoices(ground: StackGround, stack: Stack): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const choice of [...stack.targets.map((target) => [target]), []]) {
    outcomes.push(await tryChoice(ground, stack, choice));
  }
  return outcomes;
}

async function tryChoice(
  ground: StackGround,
  stack: Stack,
  choice: readonly string[],
): Promise<Outcome> {
  const { copy } = ground;
  const path = join(projectFolder(copy, stack), 'canary.yaml');
  await rm(path, { force: true });
  const files = stack.files.flatMap((file) => ['--file', file]);
  const services = choice.flatMap((service) => ['--service', service]);
  const said = { stack: stack.name, choice: choice.join(' ') || 'init’s own' };
  // `plan` reads the same, and asks an engine that has nothing of it: once per stack is enough.
  const plan = choice[0] === stack.targets[0] ? [['plan', '--branch', 'main']] : [];
  const commands = [
    ['init', '--yes', '--no-commit', ...services],
    ...plan,
    ['render', '--branch', 'main'],
  ];
  let override = '';
  for (const command of commands) {
    const { exitCode, stderr, stdout } = await canaryAsIs(copy, [
      ...files,
      ...stack.args,
      ...command,
    ]);
    override = stdout;
    const reason = stderr.trim().replace(/\s+/g, ' ');
    if (exitCode === 2 && /\w{3}/.test(reason)) {
      return { ...said, refusal: `${command[0]}: ${reason}`, faults: [] };
    }
    if (exitCode !== 0) {
      return { ...said, faults: [`${command[0]} ended with ${exitCode}: ${reason}`] };
    }
  }
  return { ...said, faults: await faultsOf(ground, stack, override) };
}

async function faultsOf(ground: StackGround, stack: Stack, override: string): Promise<string[]> {
  const { copy, context, project, secrets } = ground;
  const { slice } = await loadProject(context);
  const after = await resolvedWith(ground, override);
  if (typeof after === 'string') return [after];
  const written = { override, ...(await filesOf(projectFolder(copy, stack))) };
  return brokenInvariants({ before: project.model, after, slice, written, secrets });
}

/** What canary wrote, except what git checked out. */
async function filesOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(join(folder, '.canary'), { withFileTypes: true, recursive: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('/.canary/worktrees/'));
  const texts = [...paths, join(folder, 'canary.yaml')].map(
    async (path) => [path.slice(folder.length + 1), await readFile(path, 'utf8')] as const,
  );
  return Object.fromEntries(await Promise.all(texts));
}
