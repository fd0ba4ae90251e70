import type { ReleaseRecord } from '../../git/release-record.ts';
import type { Project } from '../../project/load.ts';
import type { Run } from '../../project/run.ts';
import { NO_COUNTS } from '../../proxy/counts.ts';
import type { ReleaseEvent } from '../../rollout/events.ts';
import { clonesOf } from '../../rollout/observed.ts';
import { foldRelease, hasEnded, type Release } from '../../rollout/release.ts';
import { isDiskProblem } from '../../system/files.ts';
import { recordsInGit } from './git-records.ts';

/**
 * The release whose canary runs and whose journal was lost, by its record in git: a new journal begins with that, so
 * that it ends like every other one. `undefined` if git has none, as before the canary first waited for a person.
 */
export async function recoverRelease(
  { context }: Pick<Run, 'context'>,
  project: Project,
): Promise<Release | undefined> {
  const { journals } = project;
  const record = await recordOfClones({ context }, project);
  if (!record) return undefined;
  try {
    for (const event of eventsOf(record)) await journals.append(record.id, event);
  } catch (error) {
    if (isDiskProblem(error)) return undefined;
    throw error;
  }
  const findings = (record.rehearsal?.findings ?? []).filter((each) => each.class !== 'none');
  const stays = findings.map(({ text }) => text).join('; ');
  const changes = stays ? ` What it did to the databases stays: ${stays}.` : '';
  const text = `The journal of release ${record.id} is lost. It goes on from its record in git.${changes}`;
  context.emit({ type: 'warning', text });
  return foldRelease((await journals.readUndamaged(record.id)).records);
}

async function recordOfClones(
  { context }: Pick<Run, 'context'>,
  project: Project,
): Promise<ReleaseRecord | undefined> {
  if (!project.isInGit) return undefined;
  const clones = clonesOf({ containers: await context.engine.containers(project.name) });
  const running = clones.map(({ release }) => release);
  const known = await project.journals.list();
  const lost = running.filter((id) => id !== undefined && !known.includes(id));
  if (lost.length === 0) return undefined;
  return (await recordsInGit(context, project.repository)).find(
    (each) => each.project === project.name && lost.includes(each.id) && !hasEnded(each),
  );
}

function eventsOf(record: ReleaseRecord): ReleaseEvent[] {
  const { id, project, branch, commit, subject, services, images, state, reason } = record;
  const facts = { id, project, branch, commit, subject, services, counts: NO_COUNTS };
  const weight = record.weights.at(-1)?.weight;
  return [
    { type: 'release-created', ...facts },
    { type: 'canary-started', images },
    ...(weight === undefined ? [] : [{ type: 'weight-set' as const, weight, counts: NO_COUNTS }]),
    { type: 'state-changed', state, reason },
  ];
}
