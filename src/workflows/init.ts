import { dirname, relative } from 'node:path';
import { findCandidates } from '../compose/choose/candidates.ts';
import { type Choice, chooseLikely, chooseNamed } from '../compose/choose/choose.ts';
import { configText } from '../compose/choose/config-text.ts';
import type { ChosenService } from '../compose/choose/describe.ts';
import { CAREFUL } from '../compose/choose/setup.ts';
import { readStack, type Stack } from '../compose/choose/stack.ts';
import { migrateSetting, migrationJobs } from '../compose/services/migration.ts';
import { overruled, requireService } from '../compose/services/overrule.ts';
import { parseConfig } from '../config/parse.ts';
import type { Context } from '../context.ts';
import { sharedData, sharedText } from '../database/shared.ts';
import type { InitResult } from '../documents/setup.ts';
import { CanaryError } from '../errors.ts';
import { placesSeen } from '../probes/identity-notice.ts';
import { readConfigurationFiles } from '../project/configuration-files.ts';
import { layoutOf, writeSchema } from '../project/layout.ts';
import { type ComposeProject, configPath, findState, loadComposeProject } from '../project/load.ts';
import { rm } from '../system/disk.ts';
import { exists, readIfExists, writeDurably } from '../system/files.ts';
import { askForSetup, askToWrite, type InitOptions } from './init-questions.ts';

/** Chooses the services, writes canary.yaml and commits only that file. */
export async function init(context: Context, given: InitOptions): Promise<InitResult> {
  const project = await loadComposeProject(context);
  const path = configPath(context, project.directory);
  const branch = project.isInGit
    ? ((await context.git.currentBranch(project.repository)) ?? null)
    : null;
  if (await exists(path)) {
    await proposeIdentity(context, path);
    return {
      ...{ path, written: false, commit: null, branch, services: [], left: [], steps: [] },
      promote: 'manual',
    };
  }
  const files = await readConfigurationFiles(project.model);
  const isAsked = context.prompt.isAttended && !given.yes;
  const options = isAsked
    ? await askForSetup(context.prompt, project.model, files, given)
    : { ...given, steps: given.steps ?? CAREFUL };
  const model = overruled(project.model, options);
  if (options.migrate !== undefined) requireService(model, options.migrate);
  const stack = readStack(model, files);
  const { services, left, warnings } = choose(stack, options);
  const names = services.map(({ service }) => service);
  const layout = layoutOf(project.directory);
  const { unrehearsed } = sharedData(model, names, stack.calls);
  const text = configText(
    services,
    branch ?? 'main',
    unrehearsed.map(({ service }) => service),
    options,
    relative(dirname(path), layout.schema),
  );
  // What is written is valid, or nothing is written.
  parseConfig(text, path);
  const wantsCommit = given.commit && project.isInGit;
  const commits = isAsked
    ? await askToWrite(context.prompt, text, { commit: wantsCommit, branch: branch ?? undefined })
    : wantsCommit;
  await writeSchema(layout, context.program.schema);
  await writeDurably(path, text, 0o644);
  const commit = commits ? await commitOrRemove(context, project, path, options.message) : null;
  for (const text of [...warnings, ...unrehearsed.map(sharedText)])
    context.emit({ type: 'warning', text });
  const [job] = isAsked || options.migrate !== undefined ? [] : migrationJobs(model, names);
  if (job !== undefined && !names.includes(job))
    context.emit({
      type: 'notice',
      text: `\`${job}\` seems to migrate the database. Nothing runs it for a canary; to run it once before each starts: ${migrateSetting(job)}.`,
    });
  const steps = [...(options.steps ?? [])];
  const promote = steps.length > 0 ? (options.promote ?? 'auto') : 'manual';
  const written = { written: true, services: services.map(describe), left };
  return { path, ...written, commit, branch, steps, promote };
}

/** Where a proxy that runs already sees requests without an identity, says how users could be named. */
async function proposeIdentity(context: Context, path: string): Promise<void> {
  const [place] = await placesSeen({ project: await findState(context) });
  if (!place || parseConfig((await readIfExists(path)) ?? '', path).identity.length > 0) return;
  const text = `${path} has no \`identity\`. Users' requests have what usually names a user: \`identity: [${place}]\` keeps each of them on one side without a cookie of canary's own.`;
  context.emit({ type: 'notice', text });
}

/** A file that cannot be committed, for instance because a hook rejects it, is not left behind half done. */
async function commitOrRemove(
  { git }: Context,
  { repository }: ComposeProject,
  path: string,
  message = 'Add canary.yaml',
): Promise<string> {
  const name = relative(repository, path);
  try {
    return await git.commitFile(repository, name, message);
  } catch (error) {
    await git.unstage(repository, name);
    await rm(path, { force: true });
    throw error;
  }
}

function choose(stack: Stack, options: InitOptions): Choice {
  if (options.services.length > 0) return chooseNamed(stack, options.services);
  const choice = options.yes ? chooseLikely(stack) : undefined;
  if (choice) return choice;
  const { candidates, left } = findCandidates(stack);
  const likely = candidates.filter((each) => each.isLikely).map((each) => each.name);
  throw new CanaryError('answer-needed', 'Which services should have a canary?', {
    details: [
      ...candidates.map(({ name, why }) => `${name}: ${why}`),
      ...left
        .filter(({ service }) => !candidates.some(({ name }) => name === service))
        .map(({ service, why }) => `${service}: ${why}`),
    ],
    hint: `Name them: \`canary init ${(likely.length > 0 ? likely : ['NAME']).map((name) => `--service ${name}`).join(' ')}\`.`,
  });
}

function describe({ service, entry, why }: ChosenService): InitResult['services'][number] {
  return { service, entry: entry ?? null, why };
}
