import { join } from 'node:path';
import { shortCommit } from '../compose/model/names.ts';
import type {
  ApplyResult,
  BranchResult,
  DeployTarget,
  PushResult,
  RemoteAddResult,
} from '../documents/git.ts';

export function branchText({ branch, commit, created }: BranchResult): string {
  const at = shortCommit(commit);
  return created
    ? `Made branch ${branch} at ${at}.`
    : `Branch ${branch} exists already, at ${at}; nothing was changed.`;
}

export function applyText({ branch, commit, applied }: ApplyResult): string {
  const at = `${branch} is at ${shortCommit(commit)}`;
  return applied.length > 0
    ? `Applied ${applied.join(', ')}: ${at}.`
    : `Nothing was changed: ${at}.`;
}

export function pushText({ branch, remote, commit, changed }: PushResult): string {
  const at = shortCommit(commit);
  return changed
    ? `Pushed ${branch} to ${remote}: it is at ${at} there.`
    : `${remote} has ${branch} at ${at} already.`;
}

/** A push that deploys on the other side. */
export function deployRemoteText({ branch, remote, commit, changed }: PushResult): string {
  const at = shortCommit(commit);
  return changed
    ? `The canary runs ${branch} at ${at} behind ${remote}.`
    : `${remote} has ${branch} at ${at} already; nothing was deployed. \`canary deploy\` there starts it again.`;
}

export function remoteAddText({
  name,
  url,
  directory,
  project,
  stable,
  canary,
}: RemoteAddResult): string {
  return [
    `${name} is ${url}; production runs in ${directory} there.`,
    `  git push ${name} ${stable}    makes it the stable, without a gap; the first time it starts everything`,
    `  git push ${name} ${canary}  puts it beside the stable as its canary`,
    `What git does not track, such as \`.env\`, must be in ${join(directory, project)} before the first push.`,
  ].join('\n');
}

export function remotePrepareText({ repository, directory }: DeployTarget): string {
  return `${repository} deploys what is pushed to it, in ${directory}.`;
}
