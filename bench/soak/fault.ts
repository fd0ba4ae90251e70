import { execa } from 'execa';
import type { Storedog } from '../../test/support/storedog.ts';

/** Something that happens to the machine or to a command while releases go on. */
export interface Fault {
  name: string;
  /** Whether users may lose requests meanwhile, and for so long afterwards: nobody can answer them then. */
  costsUsersMs: number | undefined;
  strike: (shop: Storedog, command: Command) => Promise<void>;
}

/** The command of canary that runs. */
interface Command {
  kill: (signal: 'SIGKILL') => unknown;
}

/** Ends the program in a container by the kernel: what the engine itself kills it does not start again. */
export async function killFromOutside(id: string): Promise<void> {
  const format = '{{.State.Pid}}';
  const { stdout } = await execa('docker', ['inspect', '--format', format, id], { reject: false });
  if (Number(stdout) > 0) await execa('kill', ['-9', stdout], { reject: false });
}
