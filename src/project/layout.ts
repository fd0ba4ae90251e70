import { dirname, join } from 'node:path';
import { ROUTED_FILE } from '../compose/render/proxy-service.ts';
import { chmod, mkdir, readFile } from '../system/disk.ts';
import { exists, readIfExists, writeDurably } from '../system/files.ts';
import { requireOwnFolders } from '../system/state/own-folders.ts';

/** The folder of its state, in the project's. */
export const STATE_NAME = '.canary';

/** Where canary keeps its state of a project. */
export interface Layout {
  state: string;
  releases: string;
  worktrees: string;
  lock: string;
  stopRequest: string;
  /** The override of the last command that started something. */
  override: string;
  /** The services of a running rehearsal. */
  rehearsal: string;
  /** What the last failed build printed. */
  buildLog: string;
  /** The JSON Schema of canary.yaml, for editors. */
  schema: string;
  /** The folder shared with the proxy's container. */
  proxyRun: string;
  weights: string;
  /** The listed users that the proxy starts with. */
  users: string;
  /** The configuration that HAProxy runs with, and the candidate that HAProxy must check first. */
  configuration: string;
  candidate: string;
  /** What a worker knows about its servers, handed to the next worker. */
  serverStates: string;
  socket: string;
  masterSocket: string;
  /** Exists as long as routers should use the proxy. */
  routed: string;
}

export function layoutOf(projectDirectory: string): Layout {
  const state = join(projectDirectory, STATE_NAME);
  const proxyRun = join(state, 'proxy');
  return {
    state,
    releases: join(state, 'releases'),
    worktrees: join(state, 'worktrees'),
    lock: join(state, 'lock.json'),
    stopRequest: join(state, 'stop-request'),
    override: join(state, 'override.yml'),
    rehearsal: join(state, 'rehearsal.yml'),
    buildLog: join(state, 'build.log'),
    schema: join(state, 'canary-yaml.json'),
    proxyRun,
    weights: join(proxyRun, 'weights.map'),
    users: join(proxyRun, 'users.map'),
    configuration: join(proxyRun, 'haproxy.cfg'),
    candidate: join(proxyRun, 'haproxy.cfg.new'),
    serverStates: join(proxyRun, 'servers.state'),
    socket: join(proxyRun, 'admin.sock'),
    masterSocket: join(proxyRun, 'master.sock'),
    routed: join(proxyRun, ROUTED_FILE),
  };
}

/** Throws `state-foreign` if the folder that takes the traffic off is not canary's own. */
export async function requireOwnProxyFolder({ state, proxyRun }: Layout): Promise<void> {
  await requireOwnFolders(dirname(state), [state, proxyRun]);
}

/** The same for every folder that canary writes to or deletes from. */
export async function requireOwnState(layout: Layout): Promise<void> {
  await requireOwnProxyFolder(layout);
  await requireOwnFolders(dirname(layout.state), [layout.releases, layout.worktrees]);
}

/** Puts the JSON Schema of canary.yaml where the first line of that file leads editors. */
export async function writeSchema(layout: Layout, published: string): Promise<void> {
  await requireOwnState(layout);
  await ensureState(layout);
  const text = await readFile(published, 'utf8');
  if ((await readIfExists(layout.schema)) !== text) await writeDurably(layout.schema, text, 0o644);
}

/** Creates the state folder, which keeps itself out of git so that the user's `.gitignore` does not change. */
export async function ensureState(layout: Layout): Promise<void> {
  await mkdir(layout.proxyRun, { recursive: true, mode: 0o700 });
  // An earlier version, or a checkout, may have created it open to others; only its owner can close it.
  await chmod(layout.state, 0o700).catch(() => undefined);
  const ignore = join(layout.state, '.gitignore');
  if (!(await exists(ignore))) await writeDurably(ignore, '*\n');
}
