import { oldCodeName } from '../compose/model/names.ts';
import type { Participants } from '../compose/render/rehearsal.ts';
import type { Agreement } from '../database/allow.ts';
import { refusedBy } from '../database/allow.ts';
import type { Finding } from '../database/finding.ts';
import { changesDefinitions } from '../database/finding.ts';
import { messageOf } from '../errors.ts';
import type { ObservedContainer } from '../rollout/observed.ts';
import { awaitBoot } from './boot.ts';
import type { RehearsalRun } from './rehearsal-run.ts';
import { type Answers, smokeAnswers } from './smoke.ts';
import type { Stage } from './stage.ts';

/**
 * The stable's own code on what the canary made of the database: after a revert it has to live with that. Gives what it
 * does not manage though the canary did in the same place. Asked only where definitions changed and all else may pass.
 */
export async function askOldCode(
  run: RehearsalRun,
  stage: Stage,
  { before }: Participants,
  { exceptions }: Agreement,
  canary: {
    findings: readonly Finding[];
    containers: readonly ObservedContainer[];
    answers: Answers;
  },
): Promise<Finding[]> {
  const { findings, containers, answers } = canary;
  const isRefused = refusedBy(findings, exceptions).refused.length > 0;
  const changed = findings.find(changesDefinitions);
  if (!changed || isRefused || before.length === 0) return [];
  run.context.emit({ type: 'progress', text: "the stable's code boots on what the canary left" });
  for (const { id } of containers) await run.context.engine.destroyContainer(id);
  const names = before.map(({ service }) => oldCodeName(service));
  await stage.create(names);
  await stage.start(names);
  const boots = await awaitBoot(run, stage, names);
  const failures = boots.flatMap(({ container: { service }, problem }) =>
    problem ? [{ service, text: problem }] : [],
  );
  if (failures.length === 0) {
    const now = await smokeAnswers(run, stage).catch((error: unknown) => messageOf(error));
    if (typeof now === 'string') failures.push({ service: before[0]?.service ?? '', text: now });
    else
      for (const [request, { service, problem }] of now)
        if (problem && answers.get(request)?.problem === undefined)
          failures.push({ service, text: `fails there: ${problem}` });
  }
  return failures.map(({ service, text }) => ({
    ...{ class: 'contracting', kind: 'old-code-fails', object: changed.object },
    ...{ database: changed.database, service },
    text: `the stable's own code of ${service} ${text} on the changed database`,
  }));
}
