/**
 * A health check that waits after the first time all was well: Docker starts a process in the container for every look,
 * which costs more than anything else of a database that idles.
 */
export function quietHealth(command: string): string {
  const wait = 'if [ -e /tmp/was-well ]; then sleep 60; else touch /tmp/was-well; fi';
  return `{ test: [CMD-SHELL, '${command} && ${wait}'], interval: 1s, timeout: 90s, retries: 60 }`;
}
