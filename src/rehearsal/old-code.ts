import { oldCodeName } from '../compose/model/names.ts';
import type { Participants } from '../compose/render/rehearsal.ts';
import { type Agreement, refusedBy } from '../database/allow.ts';
import { changesDefinitions, type Finding } from '../database/finding.ts';
import { messageOf } from '../errors.ts';
import type { ObservedContainer } from '../rollout/observed.ts';
import { boot } from './boot.ts';
import { type Answers, smokeAnswers } from './smoke.ts';
import type { Stage } from './stage.ts';

/** What the canary did on the stage. */
interface Booted {
  findings: readonly Finding[];
  containers: readonly ObservedContainer[];
  answers: Answers;
}

/**
 * Boots the stable's own code on the database as the canary left it: after a revert it must work with that. Returns
 * what fails there although it worked for the canary. Done only if definitions changed and all else may pass.
 */
export async function tryOldCode(
  stage: Stage,
  { before }: Participants,
  { exceptions }: Agreement,
  { findings, containers, answers }: Booted,
): Promise<Finding[]> {
  const isRefused = refusedBy(findings, exceptions).refused.length > 0;
  const changed = findings.find(changesDefinitions);
  if (!changed || isRefused || before.length === 0) return [];
  const { emit, engine } = stage.run.context;
  emit({ type: 'progress', text: "the stable's code boots on what the canary left" });
  for (const { id } of containers) await engine.destroyContainer(id);
  const names = before.map(({ service }) => oldCodeName(service));
  await stage.create(names);
  const failures = (await boot(stage, names)).flatMap(({ container: { service }, problem }) =>
    problem ? [{ service, problem }] : [],
  );
  if (failures.length === 0) {
    const now = await smokeAnswers(stage).catch((error: unknown) => messageOf(error));
    if (typeof now === 'string') failures.push({ service: before[0]?.service ?? '', problem: now });
    else
      for (const [request, { service, problem }] of now)
        if (problem && answers.get(request)?.problem === undefined)
          failures.push({ service, problem: `fails there: ${problem}` });
  }
  const { object, database } = changed;
  return failures.map(({ service, problem }) => {
    const text = `the stable's own code of ${service} ${problem} on the changed database`;
    return { class: 'contracting', kind: 'old-code-fails', object, database, service, text };
  });
}
