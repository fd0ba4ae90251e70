import type { ComposeModel } from '../model/model.ts';
import { commandText } from './image.ts';
import { roleOf } from './roles.ts';

/** Words of the tools that change a database for new code. */
const MIGRATES =
  /migrat|\b(alembic|flyway|liquibase|dbmate|goose|prisma db|db:(prepare|setup|schema:load)|db upgrade)\b/i;

/** One-shot services that migrate a database, those that `services` wait for first. */
export function migrationJobs(model: ComposeModel, services: readonly string[]): string[] {
  const jobs = Object.entries(model.services).flatMap(([name, service]) => {
    const words = [name, service.build ? '' : service.image, commandText(service)].join(' ');
    return MIGRATES.test(words) && roleOf(model, name).role === 'job' ? [name] : [];
  });
  const isAwaited = (job: string) =>
    services.some((name) => model.services[name]?.depends_on?.[job] !== undefined);
  return jobs.toSorted((left, right) => Number(isAwaited(right)) - Number(isAwaited(left)));
}

/** The setting that has a service migrate before a canary starts. */
export function migrateSetting(service: string): string {
  return `\`database: { migrate: { service: ${service} } }\` in canary.yaml`;
}
