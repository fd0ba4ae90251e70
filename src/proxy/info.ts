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
