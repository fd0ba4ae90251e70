import { migrationName, rehearsalName } from '../../compose/names.ts';
import type { Cast } from '../../compose/rehearsal.ts';
import {
  type Exception,
  exceptionsFor,
  formatException,
  refusalLines,
  refusedBy,
} from '../../database/allow.ts';
import { formatBytes } from '../../database/bytes.ts';
import { CLASSES, type Finding } from '../../database/finding.ts';
import { judgeObservation } from '../../database/judge-observation.ts';
import type { CopiedDatabase, RehearsalReport } from '../../database/report.ts';
import { CanaryError } from '../../errors.ts';
import type { ObservedContainer } from '../../rollout/observed.ts';
import { type Agreement, sharedDataOf } from './agreement.ts';
import { awaitBoot, bootFailure } from './boot.ts';
import { type Casting, castOf, stageNames } from './cast.ts';
import { askOldCode } from './old-code.ts';
import { type Original, originalsOf } from './originals.ts';
import type { RehearsalRun } from './rehearsal-run.ts';
import type { Place, Watch } from './server.ts';
import { SERVERS } from './servers.ts';
import { smokeAnswers } from './smoke.ts';
import { Stage } from './stage.ts';

const TELL_EVERY_MS = 1000;

/** A copy of a shared database on the stage. */
interface Copy {
  original: Original;
  place: Place;
  copied: CopiedDatabase;
}

/**
 * Boots the canary on a throw-away copy of the shared databases and tells what it did there. Nothing of it stays, and
 * production is only read. Throws `rehearsal-failed` where the canary does not come up, `not-rehearsed` where no copy can
 * be made.
 */
export async function rehearse(run: RehearsalRun, agreement: Agreement): Promise<RehearsalReport> {
  const { context, project, signal } = run;
  const began = context.clock.now().getTime();
  const { databases, unrehearsed } = await sharedDataOf(project);
  const originals = await originalsOf(context, project, databases, signal);
  for (const { server, place } of originals) await SERVERS[server].server.clear(place);
  const casting = await castOf(run, originals);
  const report = await Stage.with(run, casting.cast, (stage) =>
    play(run, stage, casting, originals, agreement),
  );
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
  { cast }: Casting,
  originals: readonly Original[],
  agreement: Agreement,
): Promise<Pick<RehearsalReport, 'databases' | 'findings'>> {
  const { context } = run;
  await stage.create(stageNames(cast.databases));
  const copies: Copy[] = [];
  for (const original of originals) copies.push(await copy(run, stage, original, agreement.data));
  await startCompanions(run, stage, cast.companions);
  const watches = await Promise.all(
    copies.map(async ({ original, place }) => ({
      original,
      watch: await SERVERS[original.server].server.watch(place),
    })),
  );
  for (const migration of cast.migrations) await rehearseMigration(run, stage, migration);
  const onTrial = await bootCanary(run, stage, cast.canaries);
  const answers = await smokeAnswers(run, stage);
  for (const { problem } of answers.values())
    if (problem) context.emit({ type: 'notice', text: `In the rehearsal ${problem}.` });
  await settled(run, copies);
  const findings = await examine(run, watches, await whoIs(stage, cast), agreement.data === 'full');
  const canary = { findings, containers: onTrial, answers };
  const later = await askOldCode(run, stage, cast, agreement, canary);
  return {
    databases: copies.map(({ copied }) => copied),
    findings: [...findings, ...later].sort(
      (left, right) => CLASSES.indexOf(left.class) - CLASSES.indexOf(right.class),
    ),
  };
}

async function copy(
  run: RehearsalRun,
  stage: Stage,
  original: Original,
  data: Agreement['data'],
): Promise<Copy> {
  const { context, project } = run;
  const { service, server, place } = original;
  const name = rehearsalName(service);
  const target = stage.placeOf(await stage.container({ service, name }), place.definition);
  let bytes = 0;
  let told = context.clock.now().getTime();
  const onBytes = (total: number) => {
    bytes = total;
    const now = context.clock.now().getTime();
    if (now - told < TELL_EVERY_MS) return;
    told = now;
    context.emit({ type: 'progress', text: `copying ${service}: ${formatBytes(total)}` });
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

/** What the canary needs to start; one that does not come up is told, and the canary may do without. */
async function startCompanions(
  run: RehearsalRun,
  stage: Stage,
  companions: readonly { service: string }[],
): Promise<void> {
  if (companions.length === 0) return;
  const names = stageNames(companions);
  await stage.create(names);
  await stage.start(names);
  for (const { container, problem } of await awaitBoot(run, stage, names))
    if (problem)
      run.context.emit({
        type: 'warning',
        text: `In the rehearsal ${container.service} ${problem}; the canary is rehearsed without it.`,
      });
}

/** Runs the migration as it will run for real; throws `rehearsal-failed` when it does not end well. */
async function rehearseMigration(
  { context, signal }: RehearsalRun,
  stage: Stage,
  { service }: { service: string },
): Promise<void> {
  const name = migrationName(service);
  context.emit({ type: 'progress', text: 'the migration runs on the copy' });
  await stage.create([name]);
  await stage.start([name]);
  const { id } = await stage.container({ service, name });
  const exitCode = await context.engine.exitCode(id, signal);
  if (exitCode === 0) return;
  throw new CanaryError(
    'rehearsal-failed',
    `The migration of \`${service}\` ended with exit code ${exitCode} in its rehearsal.`,
    {
      details: await context.engine.logs(id, 12),
      hint: 'The lines above are the last it wrote. Production was not touched.',
    },
  );
}

/** Starts the canary and waits until it is up; gives its containers. */
async function bootCanary(
  run: RehearsalRun,
  stage: Stage,
  canaries: readonly { service: string }[],
): Promise<ObservedContainer[]> {
  const { context } = run;
  const names = stageNames(canaries);
  context.emit({ type: 'progress', text: 'the canary boots on the copy' });
  await stage.create(names);
  await stage.start(names);
  const boots = await awaitBoot(run, stage, names);
  const failed = boots.find(({ problem }) => problem);
  if (failed) throw await bootFailure(run, failed);
  return boots.map(({ container }) => container);
}

/** Waits for what a boot begins and ends later: at least as long as canary.yaml says, and until nobody is at work. */
async function settled(
  { context, project, signal }: RehearsalRun,
  copies: readonly Copy[],
): Promise<void> {
  const { settle } = project.config.database;
  const deadline = context.clock.now().getTime() + settle * 10;
  const isQuiet = async () =>
    (
      await Promise.all(
        copies.map(({ original, place }) => SERVERS[original.server].server.isQuiet(place)),
      )
    ).every(Boolean);
  do await context.clock.sleep(settle, signal);
  while (!(await isQuiet()) && context.clock.now().getTime() < deadline);
}

/** Whose an address is; that of a migration is known no more once it has ended, and nobody else's. */
async function whoIs(stage: Stage, cast: Cast): Promise<(address: string) => string | undefined> {
  const containers = await stage.containers();
  const [migration] = cast.migrations;
  return (address) => {
    const found = containers.find(({ addresses }) => addresses.includes(address));
    if (!found) return migration?.service;
    return found.role === 'canary' ? found.service : undefined;
  };
}

async function examine(
  { project, context }: RehearsalRun,
  watches: readonly { original: Original; watch: Watch }[],
  serviceAt: (address: string) => string | undefined,
  hasAllRows: boolean,
): Promise<Finding[]> {
  context.emit({ type: 'progress', text: 'looking at what it did' });
  const { lockLimit, massChange } = project.config.database;
  const limits = { lock: lockLimit, massShare: massChange, hasAllRows };
  const found = await Promise.all(
    watches.map(async ({ original, watch }) =>
      judgeObservation(original.service, await watch.end(serviceAt), limits),
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
  const flags = exceptionsFor(refused).map((each) => `--allow ${each}`);
  throw new CanaryError(
    'data-protected',
    `The canary would harm the shared database: ${first.replace(/\.$/, '')}${more}.`,
    {
      details: refusalLines(refused),
      hint: `Production was not touched. If it is meant: \`${flags.join(' ')}\`.`,
    },
  );
}
