import { resolve } from 'node:path';
import type { Context } from '../../context.ts';
import type { DeployTarget, RemoteAddResult } from '../../documents/git.ts';
import { CanaryError } from '../../errors.ts';
import { remoteName } from '../../git/remote-name.ts';
import { parseTargetAnswer } from '../../git/target-answer.ts';
import { parseTargetUrl, type TargetUrl } from '../../git/target-url.ts';
import { withoutPasswords } from '../../git/urls.ts';
import { findRepository } from '../../project/git/repository.ts';
import { tail } from '../../system/process.ts';
import { type PrepareOptions, prepareTarget } from './prepare-target.ts';

export interface RemoteAddOptions {
  name: string;
  url: string;
  /** Where production runs on that machine; beside the repository when left out. */
  directory: string | undefined;
  /** How canary is called on that machine. */
  program: string;
}

/**
 * Prepares a repository on this or another machine to deploy what is pushed to it, and adds it as a remote. Safe to
 * repeat; throws `remote-exists` if the name has another address.
 */
export async function addRemote(
  context: Context,
  { name, url, directory, program }: RemoteAddOptions,
): Promise<RemoteAddResult> {
  const { git } = context;
  remoteName(name);
  const { repository, project, config } = await findRepository(context);
  const place = parseTargetUrl(url);
  // git would resolve a relative path from another folder than the user does.
  const address = place.kind === 'local' ? resolve(context.options.directory, place.path) : url;
  const known = await git.remoteUrl(repository, name);
  if (known !== undefined && known !== address) {
    throw new CanaryError(
      'remote-exists',
      `The remote \`${name}\` is ${withoutPasswords(known)} already.`,
      {
        hint: 'Choose another name.',
      },
    );
  }
  const { stable, canary } = config.git;
  const objectFormat = await git.objectFormat(repository);
  const options = { repository: place.path, directory, project, stable, objectFormat };
  const target =
    place.kind === 'local'
      ? await prepareTarget(context, { ...options, repository: address })
      : await prepareThere(
          context,
          place,
          program,
          options,
          await git.setting(repository, 'core.sshCommand'),
        );
  if (known === undefined) await git.addRemote(repository, name, address);
  return { ...target, name, url: address, stable, canary };
}

/** Lets the canary of the other machine prepare its repository. */
async function prepareThere(
  { runRemotely, emit }: Context,
  place: TargetUrl & { kind: 'ssh' },
  program: string,
  { repository, directory, project, stable, objectFormat }: PrepareOptions,
  sshCommand: string | undefined,
): Promise<DeployTarget> {
  const command = [
    ...[program, '--json', 'remote', 'prepare', '--stable', stable],
    ...(project ? ['--project', project] : []),
    ...(directory ? ['--production', directory] : []),
    ...(objectFormat ? ['--object-format', objectFormat] : []),
    ...['--', repository],
  ];
  const { exitCode, stdout, stderr } = await runRemotely(place, command, sshCommand);
  const said = tail(withoutPasswords(stderr));
  const answer = parseTargetAnswer(stdout);
  if (exitCode === 0 && answer && 'repository' in answer) {
    for (const line of said) emit({ type: 'remote-said', line });
    return answer;
  }
  if (answer && 'error' in answer) {
    const { message, hint, details } = answer.error;
    throw new CanaryError('target-unusable', `On ${place.host}: ${message}`, {
      ...(hint ? { hint } : {}),
      details: [...said, ...details],
    });
  }
  if (exitCode === 255) {
    throw new CanaryError('remote-unreachable', `${place.host} cannot be reached by ssh.`, {
      details: said,
      hint: 'Check that `ssh` to it works from here.',
    });
  }
  throw new CanaryError('target-unusable', `canary did not answer on ${place.host}.`, {
    details: [...said, ...tail(stdout)],
    hint: `Install it there, so that \`ssh ${place.host} ${program} --version\` answers, or say how it is called with \`--program\`.`,
  });
}
