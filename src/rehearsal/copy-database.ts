import { rehearsalName } from '../compose/model/names.ts';
import type { Agreement } from '../database/allow.ts';
import type { AskedStatement } from '../database/asked.ts';
import { formatBytes } from '../database/bytes.ts';
import type { CopiedDatabase } from '../database/report.ts';
import { CanaryError } from '../errors.ts';
import type { Run } from '../project/run.ts';
import { ended } from '../sentences.ts';
import { boot } from './boot.ts';
import type { Original } from './originals.ts';
import type { Server, ServerContainer } from './server-kind.ts';
import type { Stage } from './stage.ts';

/** A copy of a shared database on the stage. */
export interface Copy {
  server: Server;
  at: ServerContainer;
  copied: CopiedDatabase;
  /** What production asked meanwhile, or before. */
  asked: readonly AskedStatement[];
}

const TELL_EVERY_MS = 1000;

/** Fills the server of a copy, whose container exists already, and starts it. Throws `not-rehearsed`. */
export async function copyDatabase(
  stage: Stage,
  { service, server, at: original }: Original,
  data: Agreement['data'],
): Promise<Copy> {
  const { database } = stage.run.project.config;
  const copy = { ...original, container: await stage.idOf(service) };
  let bytes = 0;
  const tell = tellBytes(stage.run, service);
  const onBytes = (total: number) => {
    bytes = total;
    tell(total);
  };
  const start = () => startCopy(stage, service);
  const listening = await server.listen?.(original);
  await server.copy({ original, copy, data, sample: database.sample, start, onBytes });
  const { statements = [], problem } = (await listening?.end()) ?? {};
  if (problem !== undefined)
    stage.run.context.emit({
      type: 'notice',
      text: ended(`What production asks \`${service}\` is not compared: ${problem}`),
    });
  const copied = { service, server: server.name, data, bytes };
  return { server, at: copy, copied, asked: statements };
}

/** Waits until the server of a copy accepts connections. */
async function startCopy(stage: Stage, service: string): Promise<void> {
  const [copy] = await boot(stage, [rehearsalName(service)]);
  if (!copy?.problem) return;
  throw new CanaryError('not-rehearsed', ended(`The copy of \`${service}\` ${copy.problem}`), {
    details: await stage.run.context.engine.logs(copy.container.id, 12),
    hint: 'Its last lines are above.',
  });
}

/** Reports the progress of a copy from time to time. */
export function tellBytes({ context }: Run, name: string): (total: number) => void {
  let told = context.clock.now().getTime();
  return (total) => {
    const now = context.clock.now().getTime();
    if (now - told < TELL_EVERY_MS) return;
    told = now;
    context.emit({ type: 'progress', text: `copying ${name}: ${formatBytes(total)}` });
  };
}
