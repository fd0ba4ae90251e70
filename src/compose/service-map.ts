import { type ConfigurationFile, type ConfigurationFiles, sendsTo } from './configuration-file.ts';
import { literally } from './literally.ts';
import type { ComposeModel, ComposeService } from './model.ts';

export interface Call {
  from: string;
  to: string;
  /** Where the definition says so. */
  because: string;
}

/**
 * Who calls whom by name, as far as the definitions tell: environment, command, links, `depends_on`, and
 * configuration files where there are some to read.
 */
export function findCalls(model: ComposeModel, files: ConfigurationFiles = {}): Call[] {
  const names = Object.keys(model.services);
  return names.flatMap((from) => {
    const service = model.services[from];
    if (!service) return [];
    return names
      .filter((to) => to !== from)
      .flatMap((to) => {
        const because = mention(service, files[from] ?? [], to);
        return because ? [{ from, to, because }] : [];
      });
  });
}

/** Whether a call is told by more than the order in which services start. */
export function isFirm({ because }: Call): boolean {
  return because !== 'depends_on';
}

/** The services that call one of `services` by name and are not among them. */
export function callersOutside(calls: readonly Call[], services: readonly string[]): Call[] {
  return calls.filter((call) => services.includes(call.to) && !services.includes(call.from));
}

function mention(
  service: ComposeService,
  files: readonly ConfigurationFile[],
  name: string,
): string | undefined {
  for (const [key, value] of Object.entries(service.environment ?? {})) {
    if (value !== null && namesHost(value, name)) return `environment ${key}`;
  }
  if (service.command?.some((word) => namesHost(word, name))) return 'command';
  if (service.links?.some((link) => link.split(':')[0] === name)) return 'links';
  const file = files.find((each) => sendsTo(each, name));
  if (file) return file.path;
  return service.depends_on?.[name] ? 'depends_on' : undefined;
}

/** Whether a value names a host: alone, as `host:port`, in a URL, or in a list of such. */
function namesHost(value: string, host: string): boolean {
  return new RegExp(`(^|//|[@,;=(\\s"'])${literally(host)}(?=$|[:/,;?)\\s"'])`).test(value);
}
