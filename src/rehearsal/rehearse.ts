import type { Participants } from '../compose/render/rehearsal.ts';
import { missedFields } from '../compose/render/stage-fields.ts';
import { type Exception, formatException } from '../config/exception.ts';
import {
  type Agreement,
  allowHint,
  exceptionsFor,
  refusalLines,
  refusedBy,
} from '../database/allow.ts';
import { type Finding, worstFirst } from '../database/finding.ts';
import { findingsOf } from '../database/findings.ts';
import type { CopiedDatabase, RehearsalReport } from '../database/report.ts';
import { wayLines } from '../database/ways.ts';
import { CanaryError } from '../errors.ts';
import { isSoInTime } from '../project/until.ts';
import { clause, ended } from '../sentences.ts';
import { requireAgreed, sharedDataOf } from './agreement.ts';
import { bootCanary, rehearseMigration, requireStillUp, startCompanions } from './boot.ts';
import { type Copy, copyDatabase, tellBytes } from './copy-database.ts';
import { tryOldCode } from './old-code.ts';
import { clearOriginals, type Original, originalsOf } from './originals.ts';
import { participantsOf, type Rehearsal, type RehearsalParticipants } from './participants.ts';
import type { ServiceAt, Watch } from './server-kind.ts';
import { copySharedFiles } from './shared-files.ts';
import { smokeAnswers } from './smoke.ts';
import { onStage, type Stage, stageNames } from './stage.ts';

/** A watched copy of any kind of database. */
type Watched = Watch & { copied: CopiedDatabase };

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
    const report = await onStage(run, participants, (stage) =>
      play(stage, participants, originals, agreement),
    );
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

async function play(
  stage: Stage,
  participants: RehearsalParticipants,
  originals: readonly Original[],
  agreement: Agreement,
): Promise<Pick<RehearsalReport, 'databases' | 'findings'>> {
  const { databases, companions, migrations, canaries } = participants;
  await stage.create(stageNames([...databases, ...companions, ...canaries]));
  const copies: Copy[] = [];
  for (const original of originals)
    copies.push(await copyDatabase(stage, original, agreement.data));
  await startCompanions(stage, companions);
  const files = await copySharedFiles(stage, canaries, tellBytes(stage.run, 'files'));
  // Folders without a database need no rehearsal.
  if (copies.length + files.length === 0) return { databases: [], findings: [] };
  try {
    const watched: Watched[] = await Promise.all(
      copies.map(async ({ server, at, copied }) => ({ copied, ...(await server.watch(at)) })),
    );
    for (const { name: service, bytes, end } of files)
      watched.push({ copied: { service, server: 'SQLite', data: 'full', bytes }, end });
    for (const { service } of migrations) await rehearseMigration(stage, service);
    const containers = await bootCanary(stage, canaries);
    const answers = await smokeAnswers(stage);
    for (const { problem } of answers.values())
      if (problem)
        stage.run.context.emit({ type: 'notice', text: ended(`In the rehearsal ${problem}`) });
    await settle(stage, copies);
    await requireStillUp(stage, canaries);
    const findings = await examine(stage, watched, await whoIs(stage, participants));
    const booted = { findings, containers, answers };
    const later = await tryOldCode(stage, participants, agreement, booted);
    return {
      databases: watched.map(({ copied }) => copied),
      findings: worstFirst([...findings, ...later]),
    };
  } finally {
    for (const file of files) await file.discard();
  }
}

/** Waits for work that a boot starts and finishes later: at least `settle` of canary.yaml, and until all is quiet. */
async function settle({ run }: Stage, copies: readonly Copy[]): Promise<void> {
  const { settle: ms } = run.project.config.database;
  const isQuiet = async () => {
    const all = await Promise.all(copies.map(({ server, at }) => server.isQuiet(at)));
    return all.every(Boolean);
  };
  await run.context.clock.sleep(ms, run.signal);
  if (await isSoInTime(run, isQuiet, ms)) return;
  // What is still being done is not fully known.
  const text = 'The canary is still working in the copy of the database.';
  throw new CanaryError('not-rehearsed', text, {
    hint: 'Production was not touched. `startTimeout` in canary.yaml gives it more time.',
  });
}

/** Which service has an address; an unknown one is the migration's, whose container has ended. */
async function whoIs(stage: Stage, participants: Participants): Promise<ServiceAt> {
  const containers = await stage.containers();
  const [migration] = participants.migrations;
  const isCopy = ({ service }: { service: string }) =>
    participants.databases.some((each) => each.service === service);
  return (address, at = Number.POSITIVE_INFINITY) => {
    // A later container may get the address of one that ended.
    const found = containers.find(
      ({ addresses, startedAt }) => addresses.includes(address) && Date.parse(startedAt) <= at,
    );
    if (!found) return migration?.service;
    // A pooler between them acts for the canary; a copy itself for no service.
    return isCopy(found) ? undefined : found.service;
  };
}

async function examine(
  { run: { context, project } }: Stage,
  watched: readonly Watched[],
  serviceAt: ServiceAt,
): Promise<Finding[]> {
  context.emit({ type: 'progress', text: 'looking at what it did' });
  const { lockLimit: lock, massChange: massShare } = project.config.database;
  const found = await Promise.all(
    watched.map(async ({ copied: { service, data }, end }) => {
      const limits = { lock, massShare, hasAllRows: data === 'full' };
      return findingsOf(service, await end(serviceAt), limits);
    }),
  );
  return found.flat();
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
