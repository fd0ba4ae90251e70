import { oldCodeName } from '../compose/model/names.ts';
import type { Participants } from '../compose/render/rehearsal.ts';
import { type Agreement, refusedBy } from '../database/allow.ts';
import { changesDefinitions, type Finding } from '../database/finding.ts';
import { messageOf } from '../errors.ts';
import { isSoWithin } from '../project/until.ts';
import type { ObservedContainer } from '../rollout/observed.ts';
import { ended } from '../sentences.ts';
import { type Boot, boot, lastLines, standing } from './boot.ts';
import { type Answers, repeatedAnswers, smokeAnswers } from './smoke.ts';
import type { Stage } from './stage.ts';

/** The stable's own code, which runs on the copies and has open connections to them. */
export interface RunningStable {
  addresses: readonly string[];
  /** What it answered before the canary booted: by request what was wrong, each time. */
  answers: Awaited<ReturnType<typeof repeatedAnswers>>;
}

/** What the canary did on the stage. */
interface Booted {
  findings: readonly Finding[];
  containers: readonly ObservedContainer[];
  answers: Answers;
  stable: RunningStable | undefined;
}

/** Something of the old code that works no longer. */
interface Failure {
  service: string;
  /** What it does, after its name. */
  what: string;
  passes?: boolean;
}

/**
 * Starts the stable's own code as it runs now, and asks it until its connections are open and its statements prepared.
 * `undefined` if it does not come up: the rehearsal goes on without it.
 */
export async function startStable(
  stage: Stage,
  before: Participants['before'],
): Promise<RunningStable | undefined> {
  if (before.length === 0) return undefined;
  const { emit } = stage.run.context;
  emit({ type: 'progress', text: "the stable's code starts on the copy" });
  const names = before.map(({ service }) => oldCodeName(service));
  await stage.create(names);
  const failed = (await boot(stage, names)).filter(({ problem }) => problem);
  for (const each of failed)
    await tellBoot(stage, each, 'on the copy, before the canary starts; it is not asked');
  if (failed.length > 0) return undefined;
  const answers = await repeatedAnswers(stage, 'stable');
  const containers = await stage.containersOf(names);
  return { answers, addresses: containers.flatMap(({ addresses }) => addresses) };
}

/**
 * Asks the stable's own code what it makes of the database as the canary left it: as it runs, with open connections, and
 * booted afresh, as after a revert. Returns what fails there and worked before. Done only if all else may pass.
 */
export async function tryOldCode(
  stage: Stage,
  { before }: Participants,
  { exceptions }: Agreement,
  booted: Booted,
): Promise<Finding[]> {
  const { findings, stable, containers } = booted;
  const [first] = findings;
  const isRefused = refusedBy(findings, exceptions).refused.length > 0;
  if (!first || isRefused || before.length === 0) return [];
  const changed = findings.find(changesDefinitions);
  const running = stable ? await askAgain(stage, stable) : [];
  for (const { id } of containers) await stage.run.context.engine.destroyContainer(id);
  const fresh = changed ? await bootAfresh(stage, before, booted) : [];
  const { object, database } = changed ?? first;
  return [...running, ...fresh].map(({ service, what, passes }) => ({
    class: passes ? 'interrupting' : 'contracting',
    kind: passes ? 'old-code-interrupted' : 'old-code-fails',
    text: `the stable's own code of ${service} ${what}`,
    object,
    database,
    service,
  }));
}

/** Asks the code that runs. A failure that is over at a later try was of a connection that is open anew. */
async function askAgain(stage: Stage, { answers }: RunningStable): Promise<Failure[]> {
  stage.run.context.emit({ type: 'progress', text: "the stable's running code is asked again" });
  const now = await repeatedAnswers(stage, 'stable');
  return [...now].flatMap(([request, { service, problems }]): Failure[] => {
    const problem = problems.find((each) => each !== undefined);
    if (problem === undefined || answers.get(request)?.problems.at(-1) !== undefined) return [];
    const passes = problems.at(-1) === undefined;
    const what = passes
      ? `fails on open connections and then works again: ${problem}`
      : `fails as it runs, with its open connections: ${problem}`;
    return [{ service, what, passes }];
  });
}

async function bootAfresh(
  stage: Stage,
  before: Participants['before'],
  { answers, stable }: Booted,
): Promise<Failure[]> {
  const { emit, engine } = stage.run.context;
  emit({ type: 'progress', text: "the stable's code boots on what the canary left" });
  const names = before.map(({ service }) => oldCodeName(service));
  for (const { name, id } of await stage.containers())
    if (names.some((each) => name.startsWith(`${stage.name}-${each}-`)))
      await engine.destroyContainer(id);
  await stage.create(names);
  const where = 'on the changed database';
  const stopped = async (boots: readonly Boot[]) => {
    const failed = boots.filter(({ problem }) => problem);
    for (const each of failed) await tellBoot(stage, each, where);
    return failed.map(({ container: { service }, problem }) => ({
      service,
      what: `${problem} ${where}`,
    }));
  };
  const failed = await stopped(await boot(stage, names));
  if (failed.length > 0) return failed;
  const now = await smokeAnswers(stage, 'stable').catch((error: unknown) => messageOf(error));
  const failures =
    typeof now === 'string'
      ? [{ service: before[0]?.service ?? '', what: `${now} ${where}` }]
      : [...now].flatMap(([request, { service, problem }]): Failure[] => {
          const first = stable?.answers.get(request)?.problems.at(-1);
          if (problem === undefined || (first ?? answers.get(request)?.problem)) return [];
          return [{ service, what: `fails there: ${problem} ${where}` }];
        });
  if (failures.length === 0) return [];
  // Some servers accept connections before their code has started, and stop when that fails.
  let boots: readonly Boot[] = [];
  const hasStopped = async () => {
    boots = await standing(stage, names);
    return boots.some(({ problem }) => problem);
  };
  await isSoWithin(stage.run, stage.run.project.config.database.settle, hasStopped);
  const later = await stopped(boots);
  return later.length > 0 ? later : failures;
}

/** Says that code did not come up, with its last lines, which are shown and not kept. */
async function tellBoot(stage: Stage, { container, problem }: Boot, where: string): Promise<void> {
  const { emit } = stage.run.context;
  const text = ended(`The stable's own code of ${container.service} ${problem} ${where}`);
  emit({ type: 'notice', text });
  for (const line of await lastLines(stage, container))
    emit({ type: 'notice', text: `${container.service}: ${line}` });
}
