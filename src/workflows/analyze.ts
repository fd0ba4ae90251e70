import { basename, dirname, resolve } from 'node:path';
import { parseEvidence } from '../analysis/evidence.ts';
import type { JudgeSettings } from '../analysis/judge.ts';
import { type PastStep, replay } from '../analysis/replay.ts';
import { judgeSettings } from '../analysis/settings.ts';
import { DEFAULT_ANALYSIS } from '../config/sections/analysis.ts';
import type { Context } from '../context.ts';
import type { Analysis } from '../documents/analysis.ts';
import { CanaryError } from '../errors.ts';
import { withNearest } from '../nearest.ts';
import { findState } from '../project/load.ts';
import type { JournalRecord } from '../rollout/journal.ts';
import { foldProgress, type StepProgress, weightAfter, weightStep } from '../rollout/progress.ts';
import { foldRelease } from '../rollout/release.ts';
import { exists } from '../system/files.ts';
import { JournalFiles } from '../system/state/journal-store.ts';

/** The judge's settings to try; those left out have their defaults. */
export interface AnalyzeOptions {
  /** A journal's file, or the id of a release of this folder. */
  journal: string;
  alpha?: number | undefined;
  /** In percent. */
  margin?: number | undefined;
  minimumRequests?: number | undefined;
  /** Only these. */
  signals?: readonly JudgeSettings['signals'][number][] | undefined;
}

/** Judges a recorded release again, with other settings; needs no engine and changes nothing. */
export async function analyze(context: Context, options: AnalyzeOptions): Promise<Analysis> {
  const { directory, id } = await findJournal(context, options.journal);
  const journals = new JournalFiles(directory, context.clock);
  const records = await journals.read(id);
  const release = foldRelease(records);
  const evidence = parseEvidence(await journals.readEvidence(id));
  if (!release || evidence.length === 0) throw nothingRecorded(id);
  const settings = settingsOf(options);
  const judged = replay(evidence, pastSteps(records, settings.minimumRequests), settings);
  const { alpha, margin, minimumRequests, signals } = settings;
  return {
    version: 1,
    release: id,
    recorded: release.verdict ?? null,
    steps: judged.map((step) => ({ ...step, at: new Date(step.at).toISOString() })),
    settings: { alpha, margin, minimumRequests, signals },
  };
}

async function findJournal(
  context: Context,
  name: string,
): Promise<{ directory: string; id: string }> {
  const path = resolve(context.options.directory, name);
  if (name.endsWith('.jsonl') && (await exists(path)))
    return { directory: dirname(path), id: basename(path, '.jsonl') };
  const { layout, journals } = await findState(context);
  const known = await journals.list();
  if (known.includes(name)) return { directory: layout.releases, id: name };
  throw new CanaryError('release-unknown', `There is no journal and no release \`${name}\`.`, {
    hint: withNearest('`canary history` lists the releases of this folder.', name, known),
  });
}

function settingsOf({ alpha, margin, minimumRequests, signals }: AnalyzeOptions): JudgeSettings {
  const defaults = judgeSettings(DEFAULT_ANALYSIS);
  return {
    ...defaults,
    ...(alpha === undefined ? {} : { alpha }),
    ...(margin === undefined ? {} : { margin: margin / 100 }),
    ...(minimumRequests === undefined ? {} : { minimumRequests }),
    ...(signals === undefined ? {} : { signals }),
  };
}

/** The steps of a release in the order they were taken, and when each ended. */
function pastSteps(records: readonly JournalRecord[], minimumRequests: number): PastStep[] {
  const steps: PastStep[] = [];
  let progress: StepProgress | undefined;
  for (const record of records) {
    progress = foldProgress(progress, record);
    const last = steps.at(-1);
    if (record.type === 'step-done' && last) last.endedAt = Date.parse(record.at);
    if (record.type !== 'step-begun' || !progress || 'pause' in record.step) continue;
    const weight = weightStep(progress, progress.index)?.weight ?? 0;
    if (last && last.endedAt === undefined) steps.pop();
    if (weight === 0) continue;
    steps.push({ weight, nextWeight: weightAfter(progress), minimumRequests, endedAt: undefined });
  }
  return steps;
}

function nothingRecorded(id: string): CanaryError {
  return new CanaryError('release-unknown', `Nothing was recorded of the requests of \`${id}\`.`, {
    hint: 'Only a release that goes through `steps` with an `analysis` is recorded.',
  });
}
