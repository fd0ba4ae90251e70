import { userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { CanaryError } from '../../errors.ts';
import type { Clock } from '../clock.ts';
import { link, mkdir, readdir, rm, writeFile } from '../disk.ts';
import { hasErrno, isDiskProblem, readIfExists, temporaryName } from '../files.ts';
import { type ProcessIdentity, processHost } from '../host.ts';
import { isRunning, ownIdentity, processesHere } from './process-identity.ts';

/** The command that holds the lock of a project. */
export interface LockOwner extends ProcessIdentity {
  owner: string;
  host: string;
  start: string;
  command: string;
  token: string;
}

/** A lock as it was found. */
export interface FoundLock {
  /** `undefined` if the file names none, as after a power cut. */
  owner: LockOwner | undefined;
  /** Whether the owner still runs; `undefined` on another host, where nobody can look. */
  isRunning: boolean | undefined;
  text: string;
}

/** One command at a time may change a project. */
export class FileLock {
  private readonly path: string;
  private readonly clock: Clock;

  constructor(path: string, clock: Clock) {
    this.path = path;
    this.clock = clock;
  }

  /**
   * Takes the lock, from a dead owner too, who is then told to `onBroken`; throws `lock-held` with its holder.
   */
  async acquire(
    command: string,
    onBroken: (dead: LockOwner) => void = () => undefined,
  ): Promise<() => Promise<void>> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    const mine: LockOwner = {
      owner: userName(),
      ...(await ownIdentity()),
      host: processHost(),
      start: this.clock.now().toISOString(),
      command,
      token: processesHere().token(),
    };
    const draft = temporaryName(`${this.path}.${mine.token}`);
    try {
      await this.writeDraft(draft, mine);
      let dead: LockOwner | undefined;
      // A link appears with its content or not at all; a plain exclusive create could be seen empty.
      for (let attempt = 0; attempt < 5; attempt += 1) {
        if (await linked(draft, this.path)) {
          if (dead) onBroken(dead);
          // To tidy up is no reason to fail.
          await this.removeDeadClaims().catch(() => undefined);
          return () => this.release(mine.token);
        }
        const other = await this.read();
        if (other && (await isAlive(other))) throw held(other);
        await this.clearDead(draft, this.path);
        if (other) dead = other;
      }
    } finally {
      // One that stays is removed with what killed commands left.
      await rm(draft, { force: true }).catch(() => undefined);
    }
    throw new CanaryError('lock-held', 'Other commands keep taking the lock of this project.', {
      hint: 'Try again.',
    });
  }

  /** Without space for it nobody can take the lock, but somebody may have it. */
  private async writeDraft(draft: string, mine: LockOwner): Promise<void> {
    try {
      await writeFile(draft, `${JSON.stringify(mine)}\n`, { flag: 'wx', mode: 0o600 });
    } catch (error) {
      const other = isDiskProblem(error) ? await this.holder() : undefined;
      throw other ? held(other) : error;
    }
  }

  /** The holder, if it is alive. */
  async holder(): Promise<LockOwner | undefined> {
    const owner = await this.read();
    return owner && (await isAlive(owner)) ? owner : undefined;
  }

  /** The lock as it is, also of a dead owner; `undefined` if it is free. */
  async look(): Promise<FoundLock | undefined> {
    const text = await readIfExists(this.path);
    if (text === undefined) return undefined;
    const owner = parseOwner(text);
    return { owner, isRunning: owner && (await runsHere(owner)), text };
  }

  /** Removes a lock that was looked at, if it is still the same; whoever has it goes on without. */
  async breakOpen({ text }: FoundLock): Promise<boolean> {
    if ((await readIfExists(this.path)) !== text) return false;
    await rm(this.path, { force: true });
    return true;
  }

  private async release(token: string): Promise<void> {
    if ((await this.read())?.token === token) await rm(this.path, { force: true });
  }

  /**
   * Removes what a dead owner, or a power cut, left at `path`. Two commands that find the same remains must not remove
   * each other's new lock: only the one that claims the dead token removes it, and until then none can take the lock.
   */
  private async clearDead(draft: string, path: string): Promise<void> {
    const text = await readIfExists(path);
    const dead = parseOwner(text ?? '');
    if (text === undefined || (dead && (await isAlive(dead)))) return;
    // Of this path: a claim that claimed itself would be cleared again and again.
    const claim = `${path}.claim-${dead?.token ?? 'torn'}`;
    // The command that claimed it may have died as well.
    if (!(await linked(draft, claim))) return this.clearDead(draft, claim);
    if ((await readIfExists(path)) === text) await rm(path, { force: true });
    await rm(claim, { force: true });
  }

  /** A command that was killed in `clearDead` left its claim; nobody who holds this lock needs it any more. */
  private async removeDeadClaims(): Promise<void> {
    const folder = dirname(this.path);
    for (const name of await readdir(folder)) {
      if (!name.startsWith(`${basename(this.path)}.claim-`)) continue;
      const path = join(folder, name);
      const owner = parseOwner((await readIfExists(path)) ?? '');
      if (owner && !(await isAlive(owner))) await rm(path, { force: true });
    }
  }

  private async read(): Promise<LockOwner | undefined> {
    return parseOwner((await readIfExists(this.path)) ?? '');
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (hasErrno(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Interrupts a command on this host as Ctrl-C does: it takes its users off and ends. */
export function interrupt({ pid, host }: LockOwner): void {
  if (host === processHost()) processesHere().interrupt(pid);
}

/** A user id without a name, as in some containers, is shown as a number. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}

/** A file without the host and process of its owner, for instance after a power cut, has none. */
function parseOwner(text: string): LockOwner | undefined {
  try {
    const owner: Partial<LockOwner> | null = JSON.parse(text);
    const { host, pid, token, command, processStart } = owner ?? {};
    const texts = [host, token, command, processStart];
    const isWhole = texts.every((each) => typeof each === 'string') && isOneProcess(pid);
    return isWhole && /^[\w-]+$/.test(token ?? '') ? (owner as LockOwner) : undefined;
  } catch {
    return undefined;
  }
}

/** For a signal, other numbers mean many processes (kill(2)): it would end what is not canary's. */
function isOneProcess(pid: unknown): boolean {
  return Number.isInteger(pid) && Number(pid) > 0;
}

/** Whether an owner still runs; `undefined` on another host, where nobody can look. */
async function runsHere(owner: LockOwner): Promise<boolean | undefined> {
  return owner.host === processHost() ? isRunning(owner) : undefined;
}

/** A process of another host cannot be checked, so it counts as alive. */
async function isAlive(owner: LockOwner): Promise<boolean> {
  return (await runsHere(owner)) !== false;
}

function held(owner: LockOwner): CanaryError {
  return new CanaryError(
    'lock-held',
    `\`canary ${owner.command}\` is running (${owner.owner}, process ${owner.pid} on ${owner.host}, since ${owner.start}).`,
    {
      hint: 'Wait for it with `--lock-wait 10m`: `canary status` says where it stands. `canary pause` stops a deploy that goes through its steps, and keeps its canary.',
    },
  );
}
