/** Adds a digest to a configuration, so that a running HAProxy can be asked which one it runs. */
export function signConfiguration(configuration: string, digest: string): string {
  return `global\n  description ${digest}\n\n${configuration}`;
}

/** The digest in a configuration; `undefined` in one of an older canary. */
export function readSignature(configuration: string): string | undefined {
  return /^global\n {2}description (\S+)$/m.exec(configuration)?.[1];
}

export const SHOW_INFO = 'show info';

/**
 * The digest in the output of `show info`; `undefined` for an HAProxy that an older canary started.
 */
export function readDigest(info: string): string | undefined {
  return /^description: (\S+)$/m.exec(info)?.[1];
}

/**
 * The worker that answered `show info`: a reload or a restart starts another one, perhaps with the
 * same process id in a new container.
 */
export function readWorker(info: string): string {
  const value = (name: string) => new RegExp(`^${name}: (\\d+)$`, 'm').exec(info)?.[1] ?? '';
  return `${value('Pid')} ${value('Start_time_sec')}`;
}

/**
 * Commands for HAProxy's master, which loads configurations and reaches previous workers that still
 * have open requests.
 */
export const RELOAD = 'reload';
export const SHOW_PROCESSES = 'show proc';

/**
 * Reads the output of `reload`: whether the new configuration is in force, and HAProxy's messages.
 */
export function readReload(answer: string): { isLoaded: boolean; words: string[] } {
  const [first = '', ...rest] = answer.trim().split('\n');
  return { isLoaded: first === 'Success=1', words: rest.filter((line) => line !== '--') };
}

/**
 * The process ids of previous workers, from the output of `show proc` (HAProxy management guide,
 * 9.4).
 */
export function oldWorkers(answer: string): number[] {
  const section = /^# old workers\n((?:\d.*\n)*)/m.exec(answer)?.[1] ?? '';
  return section
    .split('\n')
    .filter(Boolean)
    .map((line) => Number.parseInt(line, 10));
}

/** A command that one given worker executes. */
export function askWorker(processId: number, command: string): string {
  return `@!${processId} ${command}`;
}
