import type { ComposeModel, ComposeService } from '../model/model.ts';
import { commandText } from './image.ts';

/**
 * The words of a service name, in the usual notations: `api-worker`, `laravel.queue`,
 * `worker_low_priority`.
 */
function wordsOf(name: string): string[] {
  return name.toLowerCase().split(/[-_.]/);
}

const WEB_SERVER =
  /\b(gunicorn|uvicorn|hypercorn|daphne|waitress|puma|unicorn|passenger|runserver|http-server|webserver|rails (s|server)|next start|nginx|apache2|php-fpm|uwsgi|artisan serve|octane)\b/;

const SCHEDULER_COMMAND =
  /\bcelery\b.*\bbeat\b|\bschedule:(run|work)\b|\b(crond?|supercronic|clockwork|whenever|rqscheduler|ofelia)\b|\bcron\b|(^|[\s/._-])(scheduler?|beat|clock)(\.\w+)?(\s|$)/;
const SCHEDULER_NAMES = new Set([
  'cron',
  'crond',
  'cronjob',
  'beat',
  'celerybeat',
  'scheduler',
  'clock',
  'ticker',
]);

const WORKER_COMMAND =
  /\bcelery\b.*\bworker\b|\bsidekiq\b|\bqueue:(work|listen)\b|\bhorizon\b|\brq worker\b|\brqworker\b|\bresque:work\b|\bjobs:work\b|\bdelayed_job\b|\b(dramatiq|huey_consumer|good_job|solid_queue|faktory|triggerer)\b|\bmessenger:consume\b|\bkafka-consumer\b|(^|[\s/._])(?<!--)[\w.-]*\bworker(\.\w+)?(\s|$)|\bstart task\b/;
const WORKER_NAMES = new Set([
  'worker',
  'workers',
  'celery',
  'sidekiq',
  'horizon',
  'consumer',
  'consumers',
  'resque',
  'rqworker',
  'dramatiq',
  'hangfire',
  'huey',
  'bull',
  'queue',
  'triggerer',
]);

/**
 * Whether a service takes jobs from a queue, or starts them by the clock. If users reach it, only
 * its command counts.
 */
export function workOf(
  name: string,
  service: ComposeService,
  isReached: boolean,
): 'worker' | 'scheduler' | undefined {
  const command = commandText(service);
  if (command && !WEB_SERVER.test(command)) {
    if (WORKER_COMMAND.test(command)) return 'worker';
    if (SCHEDULER_COMMAND.test(command)) return 'scheduler';
  }
  if (isReached) return undefined;
  const words = wordsOf(name);
  if (words.some((word) => WORKER_NAMES.has(word))) return 'worker';
  return words.some((word) => SCHEDULER_NAMES.has(word)) ? 'scheduler' : undefined;
}

const JOB_NAMES = new Set([
  'migrate',
  'migrator',
  'migration',
  'migrations',
  'init',
  'setup',
  'seed',
  'seeder',
  'configurator',
  'bootstrap',
  'provision',
  'upgrade',
  'restore',
  'createbuckets',
  'fixtures',
  'importer',
  'pull',
  'build',
  'builder',
]);

const JOB_COMMAND =
  /^(\S*\/)?true$|\b(db:migrate|db:prepare|migrate|migrations?|alembic upgrade|db upgrade|dbmate|goose|prisma (migrate|db)|flyway|liquibase|db:seed|seed|collectstatic|yarn:?\s?(run\s)?build\S*|npm run build\S*|mc (mb|alias)|generate[\w.-]*|init)(\.\w+)?\b/;

const JOB_PROGRAMS =
  /^(mc|flyway|liquibase|migrate|atlas|dbmate|busybox|[\w-]*-migrat(or|e|ions?))$/;

/**
 * What shows that a service runs once and ends: another service waits for its end, or its name,
 * command or image shows it.
 */
export function jobSign(
  name: string,
  service: ComposeService,
  { services }: ComposeModel,
  programs: readonly string[],
): string | undefined {
  const waiting = Object.entries(services).find(
    ([, { depends_on }]) => depends_on?.[name]?.condition === 'service_completed_successfully',
  );
  if (waiting) return `\`${waiting[0]}\` waits until it has ended`;
  if (service.ports?.length || service.healthcheck?.test) return undefined;
  // A service that is always restarted is not a job, unless it is restarted only after failures.
  if (/^(always|unless-stopped)/.test(service.restart ?? 'no')) return undefined;
  const command = commandText(service);
  // In a chain of commands, the last one keeps running.
  const last =
    command
      .split(/&&|;|\|\|/)
      .at(-1)
      ?.trim() ?? '';
  if (WEB_SERVER.test(command)) return undefined;
  if (wordsOf(name).some((word) => JOB_NAMES.has(word)))
    return `it is called \`${name}\` and is not started again`;
  if (last && JOB_COMMAND.test(last)) return 'its command ends when it is done';
  const program = programs.find((each) => JOB_PROGRAMS.test(each));
  return program ? `it runs ${program} once` : undefined;
}
