import type { Participants } from '../compose/render/rehearsal.ts';
import { type Exception, formatException } from '../config/exception.ts';
import type { Agreement } from '../database/allow.ts';
import { allowHint, exceptionsFor, refusalLines, refusedBy } from '../database/allow.ts';
import { CLASSES, type Finding } from '../database/finding.ts';
import { findingsOf } from '../database/findings.ts';
import type { Observation } from '../database/observation.ts';
import type { CopiedDatabase, RehearsalReport } from '../database/report.ts';
import { CanaryError } from '../errors.ts';
import { requireAgreed, sharedDataOf } from './agreement.ts';
import { bootCanary, rehearseMigration, requireUp, startCompanions } from './boot-participants.ts';
import { type Copy, copyDatabase, tellBytes } from './copy-database.ts';
import { clearOriginals, type Original, originalsOf } from './originals.ts';
import { participantsOf, type Rehearsed, stageNames } from './participants.ts';
import type { RehearsalRun } from './rehearsal-run.ts';
import type { ServiceAt } from './server.ts';
import { SERVERS } from './servers.ts';
import { copySharedFiles } from './shared-files.ts';
import { smokeAnswers } from './smoke.ts';
import type { SqliteCopy } from './sqlite/sqlite.ts';
import { askOldCode } from './stable-on-changed-copy.ts';
import { Stage } from './stage.ts';

/** A copy that is watched, whatever kind of database it is of. */
interface Watched {
  copied: CopiedDatabase;
  end(serviceAt: ServiceAt): Promise<Observation>;
}

/**
 * Boots the canary on a throw-away copy of the shared databases and tells what it did there. Nothing of it stays, and
 * production is only read. Throws `rehearsal-failed` where the canary does not come up, `not-rehearsed` where no copy can
 * be made.
 */
export async function rehearse(run: RehearsalRun, agreement: Agreement): Promise<RehearsalReport> {
  const { context, project, signal } = run;
  const began = context.clock.now().getTime();
  const { databases, unrehearsed } = await sharedDataOf(project, run.checkout);
  requireAgreed(unrehearsed, agreement);
  const originals = await originalsOf(context, project, databases, signal);
  await clearOriginals(originals);
  const rehearsed = await participantsOf(run, originals);
  const report = await Stage.with(run, rehearsed.participants, (stage) =>
    play(run, stage, rehearsed, originals, agreement),
  ).catch(async (error: unknown) => {
    // A copy that broke off may have left its other end at work.
    await clearOriginals(originals).catch(() => undefined);
    throw error;
  });
  return {
    ...report,
    allowed: refusedBy(report.findings, agreement.exceptions).used.map(formatException),
    unrehearsed: unrehearsed.map(({ service, kind }) => ({ service, kind })),
    ms: context.clock.now().getTime() - began,
  };
}

async function play(
  run: RehearsalRun,
  stage: Stage,
  { participants, folders }: Rehearsed,
  originals: readonly Original[],
  agreement: Agreement,
): Promise<Pick<RehearsalReport, 'databases' | 'findings'>> {
  await stage.create(
    stageNames([...participants.databases, ...participants.companions, ...participants.canaries]),
  );
  const copies: Copy[] = [];
  for (const original of originals)
    copies.push(await copyDatabase(run, stage, original, agreement.data));
  await startCompanions(run, stage, participants.companions);
  const files = await copySharedFiles(run, stage, folders, tellBytes(run, 'files'));
  // Folders without a database in them are nobody's business.
  if (copies.length + files.length === 0) return { databases: [], findings: [] };
  try {
    const watched = [...(await watchServers(copies)), ...files.map(watchFile)];
    for (const migration of participants.migrations) await rehearseMigration(run, stage, migration);
    const containers = await bootCanary(run, stage, participants.canaries);
    const answers = await smokeAnswers(run, stage);
    for (const { problem } of answers.values())
      if (problem) run.context.emit({ type: 'notice', text: `In the rehearsal ${problem}.` });
    await settled(run, copies);
    await requireUp(run, stage, participants.canaries);
    const findings = await examine(run, watched, await whoIs(stage, participants));
    const canary = { findings, containers, answers };
    const later = await askOldCode(run, stage, participants, agreement, canary);
    return {
      databases: watched.map(({ copied }) => copied),
      findings: [...findings, ...later].sort(
        (left, right) => CLASSES.indexOf(left.class) - CLASSES.indexOf(right.class),
      ),
    };
  } finally {
    for (const file of files) await file.discard();
  }
}

function watchServers(copies: readonly Copy[]): Promise<Watched[]> {
  return Promise.all(
    copies.map(async ({ original, place, copied }) => {
      const watch = await SERVERS[original.server].server.watch(place);
      return { copied, end: (serviceAt: ServiceAt) => watch.end(serviceAt) };
    }),
  );
}

function watchFile({ name, bytes, end }: SqliteCopy): Watched {
  return { copied: { service: name, server: 'SQLite', data: 'full', bytes }, end };
}

/** Waits for what a boot begins and ends later: at least as long as canary.yaml says, and until nobody is at work. */
async function settled(
  { context, project, signal }: RehearsalRun,
  copies: readonly Copy[],
): Promise<void> {
  const { startTimeout, database } = project.config;
  const { settle } = database;
  const deadline = context.clock.now().getTime() + settle + startTimeout;
  const isQuiet = async () =>
    (
      await Promise.all(
        copies.map(({ original, place }) => SERVERS[original.server].server.isQuiet(place)),
      )
    ).every(Boolean);
  do {
    if (context.clock.now().getTime() > deadline) throw neverQuiet();
    await context.clock.sleep(settle, signal);
  } while (!(await isQuiet()));
}

/** What goes on is not known in full. */
function neverQuiet(): CanaryError {
  return new CanaryError(
    'not-rehearsed',
    'The canary is still at work in the copy of the database.',
    {
      hint: 'Production was not touched. `startTimeout` in canary.yaml gives it more time.',
    },
  );
}

/** Whose an address is; that of a migration is known no more once it has ended, and nobody else's. */
async function whoIs(stage: Stage, participants: Participants): Promise<ServiceAt> {
  const containers = await stage.containers();
  const [migration] = participants.migrations;
  const isCopy = ({ service }: { service: string }) =>
    participants.databases.some((each) => each.service === service);
  return (address, at = Number.POSITIVE_INFINITY) => {
    // Whoever comes later may get the address of one that ended.
    const found = containers.find(
      ({ addresses, startedAt }) => addresses.includes(address) && Date.parse(startedAt) <= at,
    );
    if (!found) return migration?.service;
    // A pooler between them asks for the canary; a copy itself for nobody.
    return isCopy(found) ? undefined : found.service;
  };
}

async function examine(
  { project, context }: RehearsalRun,
  watched: readonly Watched[],
  serviceAt: ServiceAt,
): Promise<Finding[]> {
  context.emit({ type: 'progress', text: 'looking at what it did' });
  const { lockLimit, massChange } = project.config.database;
  const found = await Promise.all(
    watched.map(async ({ copied: { service, data }, end }) =>
      findingsOf(service, await end(serviceAt), {
        ...{ lock: lockLimit, massShare: massChange, hasAllRows: data === 'full' },
      }),
    ),
  );
  return found.flat();
}

/** Throws `data-protected` where findings are left that nobody has let pass. */
export function refuse({ findings }: RehearsalReport, exceptions: readonly Exception[]): void {
  const { refused } = refusedBy(findings, exceptions);
  if (refused.length === 0) return;
  const [first = ''] = refusalLines(refused);
  const more = refused.length > 1 ? ` (and ${refused.length - 1} more)` : '';
  throw new CanaryError(
    'data-protected',
    `The canary would harm the shared database: ${first.replace(/\.$/, '')}${more}.`,
    {
      details: refusalLines(refused),
      hint: `Production was not touched. ${allowHint(exceptionsFor(refused))}`,
    },
  );
}
