import { missedFields } from '../compose/render/stage-fields.ts';
import { type Exception, formatException } from '../config/exception.ts';
import {
  type Agreement,
  allowHint,
  exceptionsFor,
  refusalLines,
  refusedBy,
} from '../database/allow.ts';
import { worstFirst } from '../database/finding.ts';
import type { RehearsalReport } from '../database/report.ts';
import { wayLines } from '../database/ways.ts';
import { CanaryError } from '../errors.ts';
import { clause, ended } from '../sentences.ts';
import { requireAgreed, sharedDataOf } from './agreement.ts';
import { bootCanary, rehearseMigration, requireStillUp } from './boot.ts';
import { type Copy, copyDatabase, tellBytes } from './copy-database.ts';
import { tryOldCode } from './old-code.ts';
import { clearOriginals, type Original, originalsOf } from './originals.ts';
import { byStable, startOthers, tellHarm } from './own-start.ts';
import { participantsOf, type Rehearsal, type RehearsalParticipants } from './participants.ts';
import { sendersOn } from './senders.ts';
import { copySharedFiles } from './shared-files.ts';
import { smokeAnswers } from './smoke.ts';
import { onStage, type Stage, stageNames } from './stage.ts';
import { settle, watchAll, watchable } from './watching.ts';

const NOTHING = { databases: [], findings: [] };

/**
 * Boots the canary on a throw-away copy of the shared databases and reports what it did there. Nothing of it stays,
 * and production is only read. Throws `rehearsal-failed` if the canary does not come up, `not-rehearsed` if no copy
 * can be made.
 */
export async function rehearse(run: Rehearsal, agreement: Agreement): Promise<RehearsalReport> {
  const { clock } = run.context;
  const began = clock.now().getTime();
  const { databases, unrehearsed } = await sharedDataOf(run.project, run.checkout);
  requireAgreed(unrehearsed, agreement);
  const originals = await originalsOf(run, databases);
  await clearOriginals(originals);
  const participants = await participantsOf(run, originals);
  tellWithheld(run, participants);
  try {
    const played = (isBeside: boolean) =>
      onStage(run, participants, (stage) =>
        play(stage, participants, originals, agreement, isBeside),
      );
    const report = (await played(true)) ?? (await played(false)) ?? NOTHING;
    return {
      ...report,
      allowed: refusedBy(report.findings, agreement.exceptions).used.map(formatException),
      unrehearsed: unrehearsed.map(({ service, kind }) => ({ service, kind })),
      ms: clock.now().getTime() - began,
    };
  } catch (error) {
    // A copy that broke off may have left its program running in the original.
    await clearOriginals(originals).catch(() => undefined);
    throw error;
  }
}

/** The operator must know what a boot could not use: a failure may come from that. */
function tellWithheld(
  { context: { emit } }: Rehearsal,
  { companions, migrations, canaries }: RehearsalParticipants,
): void {
  for (const { service, definition, withheld } of [...companions, ...migrations, ...canaries]) {
    const missed = [...missedFields(definition), ...withheld].map((each) => `\`${each}\``);
    if (missed.length === 0) continue;
    const text = `The rehearsal of ${service} runs without ${missed.join(', ')}: it could reach outside.`;
    emit({ type: 'notice', text });
  }
}

/**
 * Plays a rehearsal on its stage. `isBeside`: the stable's own code runs beside the canary. `undefined` if the start of
 * that code changed so much by itself that what the canary does would not be seen.
 */
async function play(
  stage: Stage,
  participants: RehearsalParticipants,
  originals: readonly Original[],
  agreement: Agreement,
  isBeside: boolean,
): Promise<Pick<RehearsalReport, 'databases' | 'findings'> | undefined> {
  const { databases, companions, migrations, canaries } = participants;
  const { context } = stage.run;
  await stage.create(stageNames([...databases, ...companions, ...canaries]));
  const copies: Copy[] = [];
  for (const original of originals)
    copies.push(await copyDatabase(stage, original, agreement.data));
  const files = await copySharedFiles(stage, canaries, tellBytes(stage.run, 'files'));
  const all = watchable(copies, files);
  // Folders without a database need no rehearsal.
  if (all.length === 0) return NOTHING;
  try {
    const others = await startOthers(stage, participants, copies, all, isBeside);
    const { stable, harm } = others;
    const own = byStable(others, participants);
    tellHarm(context, own, "The stable's own code changes the database whenever it starts");
    if (own.length > 0) return undefined;
    tellHarm(context, harm, 'A service that the canary needs changes the database when it starts');
    const findings = await watchAll(stage, all, true);
    for (const { service } of migrations) await rehearseMigration(stage, service);
    const containers = await bootCanary(stage, canaries);
    const answers = await smokeAnswers(stage);
    for (const { problem } of answers.values())
      if (problem) context.emit({ type: 'notice', text: ended(`In the rehearsal ${problem}`) });
    await settle(stage, copies, stable?.addresses ?? []);
    await requireStillUp(stage, canaries);
    context.emit({ type: 'progress', text: 'looking at what it did' });
    const found = await findings(await sendersOn(stage, participants));
    const booted = { findings: found, containers, answers, stable };
    const later = await tryOldCode(stage, participants, agreement, booted);
    return {
      databases: all.map(({ copied }) => copied),
      findings: worstFirst([...found, ...later]),
    };
  } finally {
    for (const file of files) await file.discard();
  }
}

/** Throws `data-protected` if findings are left that no exception allows. */
export function refuse({ findings }: RehearsalReport, exceptions: readonly Exception[]): void {
  const { refused } = refusedBy(findings, exceptions);
  if (refused.length === 0) return;
  const [first = ''] = refusalLines(refused);
  const more = refused.length > 1 ? ` (and ${refused.length - 1} more)` : '';
  throw new CanaryError(
    'data-protected',
    `The canary would harm the shared database: ${clause(first)}${more}.`,
    {
      details: [...refusalLines(refused), ...wayLines(refused)],
      hint: `Production was not touched. ${allowHint(exceptionsFor(refused))}`,
    },
  );
}
