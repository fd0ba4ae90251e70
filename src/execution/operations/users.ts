import { CanaryError } from '../../errors.ts';
import { ensureState } from '../../project/layout.ts';
import type { Run } from '../../project/run.ts';
import { changeUsers, userChange, userFile } from '../../proxy/user-map.ts';
import { writeDurably } from '../../system/files.ts';
import { currentUsers } from '../observe.ts';

/** Gives the running proxy the user lists of canary.yaml without a reload, and writes them for a restart. */
export async function setUsers({ project }: Run): Promise<void> {
  const { layout, socket } = project;
  const wanted = project.proxy.users;
  // A list that the new configuration dropped no longer exists.
  const commands = changeUsers(await currentUsers(project), wanted);
  for (const command of commands) await socket.ask(command);
  await ensureState(layout);
  await writeDurably(layout.users, userFile(wanted));
  if (!userChange(await currentUsers(project), wanted)) return;
  throw new CanaryError('proxy-unreachable', 'The proxy did not take the lists of users.', {
    hint: 'Run `canary doctor`; `canary up` tries again.',
  });
}
