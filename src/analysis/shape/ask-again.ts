/** Words in an address that may change something although the request is a GET. */
const ACTS =
  /^(log(out|off)|sign(out|off)|unsubscribe|subscribe|delete|remove|destroy|drop|clear|reset|confirm|verify|activate|deactivate|approve|accept|decline|reject|cancel|revoke|disable|enable|add|create|update|edit|save|submit|send|buy|purchase|checkout|pay|vote|callback|oauth|magic|token|invite|join|leave|run|trigger|execute|restart|start|stop)$/;
/** The same as two words. */
const ACTS_IN_TWO = /^(log|sign) (out|off)$/;

/** Headers that belong to one connection, or ask for only part of a response. */
const LEFT_OUT =
  /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|content-length|expect|range|if-.*)$/;

/**
 * Whether canary may repeat a user's GET: nothing in its address suggests that it changes
 * something.
 */
export function mayAskAgain(
  { target, headers }: { target: string; headers: Readonly<Record<string, string>> },
  exclude: readonly string[],
): boolean {
  if (exclude.some((beginning) => target.startsWith(beginning))) return false;
  // An event stream has no end.
  if (headers.accept?.includes('text/event-stream')) return false;
  const words = wordsOf(target);
  return !words.some(
    (word, index) => ACTS.test(word) || ACTS_IN_TWO.test(`${word} ${words[index + 1] ?? ''}`),
  );
}

/** The headers with which a user's request is repeated; the response comes uncompressed. */
export function headersToRepeat(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !LEFT_OUT.test(name));
  return { ...Object.fromEntries(kept), 'accept-encoding': 'identity' };
}

function wordsOf(target: string): string[] {
  return unescaped(target)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter(Boolean);
}

function unescaped(target: string): string {
  return target.replace(/%([0-9a-f]{2})/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}
