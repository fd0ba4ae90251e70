import type { Context } from '../context.ts';
import type { Status } from '../documents/status.ts';
import { startWatching, type Watched } from '../probes/watched.ts';
import { loadLiveProject, type Project } from '../project/load.ts';
import type { EventSink } from '../rollout/events.ts';
import type { JournalRecord } from '../rollout/journal.ts';
import { statusOf } from './status.ts';

/** One look at a project that is watched. */
export interface StatusLook {
  status: Status;
  /** The records of the release's journal; empty if there is none. */
  records: readonly JournalRecord[];
}

const LOOK_EVERY_MS = 1000;
/** The user's files change rarely, and reading them takes Compose. */
const LOAD_EVERY_MS = 15_000;

/** Looks every second, until the signal aborts. A warning is said once, not at every look. */
export async function* watchStatus(context: Context): AsyncGenerator<StatusLook> {
  const { clock, signal } = context;
  const quieter = { ...context, emit: eachWarningOnce(context.emit) };
  let project: Project | undefined;
  let watched: Watched | undefined;
  let loadedAt = 0;
  try {
    while (!signal.aborted) {
      const now = clock.now().getTime();
      if (!project || now - loadedAt >= LOAD_EVERY_MS) {
        project = await loadLiveProject(quieter, 'optional');
        watched ??= startWatching(context, project);
        loadedAt = now;
      }
      const status = await statusOf(quieter, project, watched);
      yield { status, records: await recordsOf(project, status) };
      await clock.sleep(LOOK_EVERY_MS, signal).catch(() => undefined);
    }
  } finally {
    await watched?.stop();
  }
}

async function recordsOf({ journals }: Project, { release }: Status): Promise<JournalRecord[]> {
  return release ? (await journals.readUndamaged(release.id)).records : [];
}

function eachWarningOnce(emit: EventSink): EventSink {
  const said = new Set<string>();
  return (event) => {
    if (event.type === 'warning') {
      if (said.has(event.text)) return;
      said.add(event.text);
    }
    emit(event);
  };
}
