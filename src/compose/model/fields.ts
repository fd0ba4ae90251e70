import type { ComposePort, ComposeService } from './model.ts';

/** A part of a compose file that is written. */
export type Fields = Record<string, unknown>;

/** A port in the notation of a compose file. */
export function portFields(port: ComposePort): Fields {
  return {
    target: port.target,
    ...(port.published ? { published: port.published } : {}),
    ...(port.host_ip ? { host_ip: port.host_ip } : {}),
    ...(port.protocol ? { protocol: port.protocol } : {}),
    ...(port.mode ? { mode: port.mode } : {}),
    ...(port.name ? { name: escapeDollars(port.name) } : {}),
    ...(port.app_protocol ? { app_protocol: escapeDollars(port.app_protocol) } : {}),
  };
}

/** The networks a service is on. */
export function networkNames(service: ComposeService | undefined): string[] {
  const names = Object.keys(service?.networks ?? {});
  return names.length > 0 ? names : ['default'];
}

/** Compose interpolates every value; a literal dollar is written twice. */
export function escapeDollars(text: string): string {
  return text.replaceAll('$', '$$$$');
}

/** Escapes dollars in every text in a value. */
export function escapeAll(value: unknown): unknown {
  if (typeof value === 'string') return escapeDollars(value);
  if (Array.isArray(value)) return value.map(escapeAll);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, escapeAll(each)]));
}
