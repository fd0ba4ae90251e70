import { rehearsalName } from '../compose/model/names.ts';
import type { Agreement } from '../database/allow.ts';
import { formatBytes } from '../database/bytes.ts';
import type { CopiedDatabase } from '../database/report.ts';
import { CanaryError } from '../errors.ts';
import { awaitBoot } from './boot.ts';
import type { Original } from './originals.ts';
import type { RehearsalRun } from './rehearsal-run.ts';
import type { Place } from './server.ts';
import { SERVERS } from './servers.ts';
import type { Stage } from './stage.ts';

/** A copy of a shared database on the stage. */
export interface Copy {
  original: Original;
  place: Place;
  copied: CopiedDatabase;
}

const TELL_EVERY_MS = 1000;

/** Fills the server of a copy, whose container is created, and starts it. Throws `not-rehearsed`. */
export async function copyDatabase(
  run: RehearsalRun,
  stage: Stage,
  original: Original,
  data: Agreement['data'],
): Promise<Copy> {
  const { project } = run;
  const { service, server, place } = original;
  const name = rehearsalName(service);
  const target = stage.placeOf(await stage.container(name), place.definition);
  let bytes = 0;
  const tell = tellBytes(run, service);
  const onBytes = (total: number) => {
    bytes = total;
    tell(total);
  };
  await SERVERS[server].server.copy({
    ...{ original: place, copy: target, data, onBytes },
    sample: project.config.database.sample,
    start: async () => {
      await stage.start([name]);
      await awaitServer(run, stage, service);
    },
  });
  return {
    original,
    place: target,
    copied: { service, server: SERVERS[server].name, data, bytes },
  };
}

/** Until the server of a copy takes connections. */
async function awaitServer(run: RehearsalRun, stage: Stage, service: string): Promise<void> {
  const [boot] = await awaitBoot(run, stage, [rehearsalName(service)]);
  if (!boot?.problem) return;
  throw new CanaryError('not-rehearsed', `The copy of \`${service}\` ${boot.problem}.`, {
    details: await run.context.engine.logs(boot.container.id, 12),
    hint: 'The lines above are the last it wrote.',
  });
}

/** Tells how far a copy has come, now and then. */
export function tellBytes({ context }: RehearsalRun, name: string): (total: number) => void {
  let told = context.clock.now().getTime();
  return (total) => {
    const now = context.clock.now().getTime();
    if (now - told < TELL_EVERY_MS) return;
    told = now;
    context.emit({ type: 'progress', text: `copying ${name}: ${formatBytes(total)}` });
  };
}
