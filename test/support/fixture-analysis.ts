import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { AnalysisConfig } from '../../src/config/sections/analysis.ts';
import { loadProject } from '../../src/project/load.ts';
import type { ReleaseRun } from '../../src/project/run.ts';
import { currentRelease } from '../../src/release/records/releases.ts';
import type { CanaryEvent } from '../../src/rollout/events.ts';
import type { Compose } from '../../src/system/docker/compose.ts';
import { programRunner } from '../../src/system/user-program.ts';
import { contextIn } from './fixture-context.ts';
import { CANARY, type Files, repository, SHOP_FILES } from './fixture-project.ts';
import { journalText, leaveJournal, state } from './fixture-release.ts';

export const RELEASE = '20261121-120000-abcdef0';
const COMMIT = 'abcdef0123456789abcdef0123456789abcdef01';

/** A running release with these settings in canary.yaml, and what its command prints. No engine is used. */
export async function analysisRun(
  settings: object,
  { env = {}, files = {} }: { env?: Record<string, string>; files?: Files } = {},
): Promise<{ run: ReleaseRun; events: CanaryEvent[]; interrupt: AbortController }> {
  const config = Object.entries(settings).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  const text = `${CANARY}${config.join('\n')}\n`;
  const directory = await repository({ ...SHOP_FILES, ...files, 'canary.yaml': text });
  await leaveJournal(directory, journalText({ id: RELEASE, commit: COMMIT }, state('advancing')));
  const events: CanaryEvent[] = [];
  const base = contextIn(directory);
  const isPlain = !('docker-compose.yml' in files);
  const context = {
    ...base,
    compose: isPlain ? { ...base.compose, model: modelOfShop(base.compose) } : base.compose,
    env: { ...base.env, ...env },
    runProgram: programRunner({ ...base.env, ...env }),
    emit: (event: CanaryEvent) => void events.push(event),
  };
  const project = await loadProject(context);
  const release = await currentRelease(project);
  if (!release) throw new Error('the journal begins a release');
  const interrupt = new AbortController();
  const run = { context, project, checkout: undefined, release, signal: interrupt.signal };
  return { run, events, interrupt };
}

let modelRead: { directory: string; text: string } | undefined;

/** The shop as Compose reads it, asked once: only its folder differs between tests. */
function modelOfShop(compose: Compose): Compose['model'] {
  return async (scope) => {
    const { projectDirectory } = scope;
    modelRead ??= {
      directory: projectDirectory,
      text: JSON.stringify(await compose.model(scope)),
    };
    return JSON.parse(modelRead.text.replaceAll(modelRead.directory, projectDirectory));
  };
}

/** A request that a test's server received. */
export interface Received {
  method: string | undefined;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** An answer of a test's server. */
interface Told {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
}

/** A server with the given answers, and the requests it received; with `undefined` it never answers. */
export async function answering(
  answer: (request: Received) => Told | undefined,
): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, url = '', headers } = request;
    const one = { method, url, headers, body: Buffer.concat(chunks).toString() };
    received.push(one);
    const told = answer(one);
    if (!told) return;
    response.writeHead(told.status ?? 200, told.headers);
    response.end(told.body ?? '');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

/** The `analysis` settings of canary.yaml. */
export function analysisOf({ project }: Pick<ReleaseRun, 'project'>): AnalysisConfig {
  const { analysis } = project.config;
  if (!analysis) throw new Error('nobody is to judge here');
  return analysis;
}
