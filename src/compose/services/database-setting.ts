import type { ComposeModel, ComposeService } from '../model/model.ts';
import { hostNames } from './host-names.ts';

/** Environment variables that state where a database is. */
const HOST_SETTING =
  /(^|_)(DB|DATABASE|DATABASES|POSTGRES(QL)?|PG|MYSQL|MARIADB|MONGO(DB)?|MSSQL|SQLALCHEMY|JDBC|DATASOURCE)(_\w+)?_(HOST|HOSTS|HOSTNAME|SERVER|ADDR|ADDRESS|ENDPOINT|URL|URI|DSN|DATABASE_URI)$|^(PGHOST|DATABASE_URL|SPRING_DATASOURCE_URL|DSN|DB|MONGO_?URL|MONGO_?URI)$|(^|_)(POSTGRES|PG|MYSQL|DB|DATABASE)_?(HOST|URL|URI|SERVER)$/i;

/** This machine, a path, or nothing. */
const OWN = /^(|localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|::1?|\[::1?\]|\*)$/i;

/**
 * The variable that points a service to a database elsewhere: a service that has one is a client
 * and keeps no data.
 */
export function hostSetting(service: ComposeService, model?: ComposeModel): string | undefined {
  const name = model && nameIn(model, service);
  const own = model && name ? [...hostNames(model, name, []), service.hostname] : [];
  return Object.entries(service.environment ?? {}).find(([key, value]) => {
    if (value === null || !HOST_SETTING.test(key)) return false;
    const host = hostOf(value);
    return host !== undefined && !OWN.test(host) && !own.includes(host);
  })?.[0];
}

/** The name of the service with this definition. */
export function nameIn(model: ComposeModel, service: ComposeService): string | undefined {
  return Object.entries(model.services).find(([, each]) => each === service)?.[0];
}

/**
 * The host in a URL, in `host:port`, or a bare name; `undefined` if the value names a file or
 * nothing.
 */
function hostOf(value: string): string | undefined {
  const text = value.trim().replace(/^jdbc:/, '');
  if (/^(sqlite|file|h2)\b/i.test(text) || text.startsWith('/')) return undefined;
  const url = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@\s]*@)?([^/:?\s,]*)/i.exec(text);
  if (url) return url[1];
  const parameter = /(?:^|[\s;])(?:host|server|data source)=([^\s;:,]+)/i.exec(text);
  if (parameter) return parameter[1];
  return /^([A-Za-z0-9._-]+)(?::\d+)?(?:,|$)/.exec(text)?.[1] ?? (text === '' ? '' : undefined);
}
