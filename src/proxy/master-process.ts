/** A configuration that says which one it is, so that a running HAProxy can be asked. */
export function signConfiguration(configuration: string, digest: string): string {
  return `global\n  description ${digest}\n\n${configuration}`;
}

export const SHOW_INFO = 'show info';

/** The digest in the answer to `show info`; none for an HAProxy that an older canary started. */
export function readDigest(info: string): string | undefined {
  return /^description: (\S+)$/m.exec(info)?.[1];
}

/** The process that answered `show info`: a reload makes another one. */
export function readWorker(info: string): string {
  return /^Pid: (\d+)$/m.exec(info)?.[1] ?? '';
}

/** HAProxy's master: loads configurations, and reaches workers of before that still have open requests. */
export const RELOAD = 'reload';
export const SHOW_PROCESSES = 'show proc';

/** The answer to `reload`: whether the new configuration is in force, and what HAProxy said about it. */
export function readReload(answer: string): { isLoaded: boolean; words: string[] } {
  const [first = '', ...rest] = answer.trim().split('\n');
  return { isLoaded: first === 'Success=1', words: rest.filter((line) => line !== '--') };
}

/** The process ids of earlier workers, from the answer to `show proc` (HAProxy management guide, 9.4). */
export function oldWorkers(answer: string): number[] {
  const section = /^# old workers\n((?:\d.*\n)*)/m.exec(answer)?.[1] ?? '';
  return section
    .split('\n')
    .filter(Boolean)
    .map((line) => Number.parseInt(line, 10));
}

/** The command that lets one worker answer. */
export function askWorker(processId: number, command: string): string {
  return `@!${processId} ${command}`;
}
