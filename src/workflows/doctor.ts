import { constants } from 'node:fs';
import type { Context } from '../context.ts';
import { formatBytes } from '../database/bytes.ts';
import type { Diagnosis } from '../documents/setup.ts';
import { CanaryError, messageOf } from '../errors.ts';
import { observe } from '../execution/observe.ts';
import { requireStartable } from '../execution/proxy-start.ts';
import { loadProject, type Project, supportedCompose } from '../project/load.ts';
import { containersOf } from '../rollout/observed.ts';
import { access } from '../system/disk.ts';
import { exists, freeBytes } from '../system/files.ts';

const LEAST_DISK_BYTES = 1_000_000_000;
const MOST_CLOCK_SKEW_MS = 5_000;

/** Looks at everything a canary needs; each thing on its own, so that one failure does not hide the next. */
export async function doctor(context: Context): Promise<Diagnosis[]> {
  const engine = await look(
    'engine',
    async () => `Docker Engine ${await context.engine.version()}`,
  );
  const findings = [
    engine,
    await look('compose', async () => `Docker Compose ${await supportedCompose(context.compose)}`),
    await look('git', () => gitVersion(context)),
  ];
  let project: Project | undefined;
  findings.push(
    await look('project', async () => {
      project = await loadProject(context);
      return `${project.name}: ${project.slice.map((member) => member.service).join(', ')}`;
    }),
  );
  if (project) {
    const loaded = project;
    if (engine.ok) findings.push(await look('proxy', () => proxyState(context, loaded)));
    findings.push(await look('disk', () => freeDisk(loaded)));
    if (engine.ok) findings.push(await look('clock', () => clockSkew(context, loaded)));
  }
  return findings;
}

/** Servers that release images alone may lack it. */
async function gitVersion({ git }: Context): Promise<string> {
  return git.version().catch(() => 'not installed: only releases of branches need it');
}

async function look(name: string, find: () => Promise<string>): Promise<Diagnosis> {
  try {
    return { name, ok: true, text: await find(), hint: null };
  } catch (error) {
    const hint = error instanceof CanaryError ? (error.hint ?? null) : null;
    const details = error instanceof CanaryError ? error.details : [];
    return { name, ok: false, text: [messageOf(error), ...details].join(' '), hint };
  }
}

async function proxyState(context: Context, project: Project): Promise<string> {
  const { proxy } = await observe({ context, project });
  if (proxy.state === 'absent') return 'not in front yet; `canary up` puts it there';
  if (proxy.state === 'stopped') {
    throw new CanaryError('proxy-unreachable', 'The proxy is stopped.', {
      hint: 'Run `canary up`.',
    });
  }
  await requireStartable({ context, project });
  const version = (await project.socket.ask('show version')).trim();
  return `HAProxy ${version} answers`;
}

async function freeDisk({ directory, layout }: Project): Promise<string> {
  // It may be on a disk of its own.
  const folder = (await exists(layout.proxyRun)) ? layout.proxyRun : directory;
  await access(folder, constants.W_OK).catch((error: unknown) => {
    throw new CanaryError('disk-full', `Nothing can be written: ${messageOf(error)}.`, {
      hint: '`canary abort` works nevertheless. Mend the disk, then run `canary up`.',
    });
  });
  const free = await freeBytes(folder);
  const text = `${formatBytes(free)} free`;
  if (free >= LEAST_DISK_BYTES) return text;
  throw new CanaryError('command-failed', `Only ${text}.`, {
    hint: 'Images of canaries need room: `docker system df` shows what uses it, and `retention` in canary.yaml says how many releases are kept. Unused images may be those that a revert needs.',
  });
}

/** A container that started in this machine's future means that the clocks differ. */
async function clockSkew(context: Context, project: Project): Promise<string> {
  const now = context.clock.machineTime().getTime();
  const containers = containersOf(await observe({ context, project }), 'stable');
  const ahead = Math.max(0, ...containers.map((each) => Date.parse(each.startedAt) - now));
  if (ahead <= MOST_CLOCK_SKEW_MS) return 'agrees with the engine';
  throw new CanaryError(
    'command-failed',
    `The engine's clock is ${Math.round(ahead / 1000)} s ahead.`,
    {
      hint: 'Set both clocks with NTP; otherwise times in journals are wrong.',
    },
  );
}
