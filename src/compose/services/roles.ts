import type { Role } from '../../config/values/role.ts';
import type { ComposeModel } from '../model/model.ts';
import type { ConfigurationFile } from './configuration-file.ts';
import { programsOf } from './image.ts';
import { companionOf, isAgent, keepsSqlite } from './programs.ts';
import { statefulReason } from './stateful.ts';
import { jobSign, workOf } from './work.ts';

export interface Roled {
  role: Role;
  /** What it does, as the end of a sentence that begins with its name. */
  why: string;
}

/** The role of a service in its stack, as far as its definition shows. */
export function roleOf(
  model: ComposeModel,
  name: string,
  files: readonly ConfigurationFile[] = [],
): Roled {
  const service = model.services[name] ?? {};
  const said = model.said?.roles[name];
  if (said) return { role: said, why: SAID[said] };
  const programs = programsOf(service, files);
  // A service that is built here on an unknown image may still have a known name.
  const own = plainName(name);
  const known = service.build && !EVERYDAY.test(own) ? [...programs, own] : programs;
  if (known.some(isAgent)) return { role: 'agent', why: 'steers containers of the engine' };
  const data = statefulReason(service, model, files);
  if (data) return { role: 'stateful', why: `keeps data (${data})` };
  const job = jobSign(name, service, model, programs);
  if (job) return { role: 'job', why: `runs once (${job})` };
  const companion = known.map(companionOf).find((each) => each !== undefined);
  if (companion) return { role: 'companion', why: companion };
  const work = workOf(name, service, Boolean(service.ports?.length));
  if (work === 'worker') return { role: 'worker', why: 'takes jobs from a queue' };
  if (work === 'scheduler') return { role: 'scheduler', why: 'starts jobs by the clock' };
  return {
    role: 'app',
    why: service.build ? 'built from this repository' : `runs ${service.image}`,
  };
}

/** Of a role that the operator says. */
const SAID: Readonly<Record<Role, string>> = {
  app: 'is an app, as you say',
  stateful: 'keeps data, as you say',
  job: 'runs once, as you say',
  worker: 'takes jobs from a queue, as you say',
  scheduler: 'starts jobs by the clock, as you say',
  companion: 'accompanies others, as you say',
  agent: 'steers containers of the engine, as you say',
};

/** A service that is built here under such a name may be the product itself. */
const EVERYDAY = /^(console|hub|lego|acme|vector|tempo|alloy|agent)$/;

/** `grafana-server` is grafana. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/[-_.](server|service|app|\d+)$/, '');
}

export interface RoleObstacle {
  reason: string;
  hint: string;
}

/**
 * Why a service must not run twice, whatever the operator chooses; services that keep data are
 * found by `statefulReason`.
 */
export function roleObstacle(model: ComposeModel, name: string): RoleObstacle | undefined {
  const { role, why } = roleOf(model, name);
  if (role === 'job') {
    return {
      reason: `it ${why}`,
      hint: `Leave it out. A migration goes into canary.yaml: \`database: { migrate: { service: ${name}, command: … } }\`. ${orSay(name)}`,
    };
  }
  if (role === 'agent') {
    return {
      reason: `it ${why}, and two of them would do everything twice`,
      hint: `Leave it out. ${orSay(name)}`,
    };
  }
  return undefined;
}

/** How an operator overrules what is guessed of a service. */
export function orSay(name: string): string {
  return `If that is a wrong guess, write \`roles: { ${name}: app }\` in canary.yaml, or give \`canary init\` the flag \`--role ${name}=app\`.`;
}

const SQLITE_SETTING = /^(sqlite|file):|\bsqlite3?\b|\.sqlite3?$/i;

/** What the operator should know before a service runs twice on the same files. */
export function hazardsOf(model: ComposeModel, name: string): string[] {
  const service = model.services[name] ?? {};
  const kept = service.volumes?.find(
    ({ type, read_only, target }) =>
      (type === 'volume' || type === 'bind') &&
      !read_only &&
      !/^\/(etc|run|var\/run|dev|proc|sys)\b/.test(target),
  );
  const setting = Object.entries(service.environment ?? {}).find(
    ([, value]) => value !== null && SQLITE_SETTING.test(value),
  )?.[0];
  const isSaid = setting !== undefined || programsOf(service).some(keepsSqlite);
  if (!kept || !isSaid) return [];
  return [
    `\`${name}\` keeps an SQLite database${setting ? ` (environment ${setting})` : ''}, and its canary writes to the same file in ${kept.target}.`,
  ];
}
