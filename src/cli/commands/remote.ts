import { join } from 'node:path';
import {
  type PrepareOptions,
  prepareTarget,
} from '../../workflows/push-to-deploy/prepare-target.ts';
import {
  addRemote,
  type RemoteAddOptions,
  type RemoteAddResult,
} from '../../workflows/push-to-deploy/remote-add.ts';
import type { Session } from '../session.ts';

export async function runRemoteAdd(
  { context, output }: Session,
  options: RemoteAddOptions,
): Promise<undefined> {
  const result = await addRemote(context, options);
  output.result(result, () => describe(result));
  return undefined;
}

export async function runRemotePrepare(
  { context, output }: Session,
  options: PrepareOptions,
): Promise<undefined> {
  const result = await prepareTarget(context, options);
  output.result(
    result,
    () => `${result.repository} deploys what is pushed to it, in ${result.directory}.`,
  );
  return undefined;
}

function describe({ name, url, directory, project, stable, canary }: RemoteAddResult): string {
  return [
    `${name} is ${url}; production runs in ${directory} there.`,
    `  git push ${name} ${stable}    makes it the stable, without a gap; the first time it starts everything`,
    `  git push ${name} ${canary}  puts it beside the stable as its canary`,
    `What git does not track, such as \`.env\`, belongs into ${join(directory, project)} before the first push.`,
  ].join('\n');
}
