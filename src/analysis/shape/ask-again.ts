/** Words of an address that may do something although it is a GET. */
const ACTS =
  /^(log(out|off)|sign(out|off)|unsubscribe|subscribe|delete|remove|destroy|drop|clear|reset|confirm|verify|activate|deactivate|approve|accept|decline|reject|cancel|revoke|disable|enable|add|create|update|edit|save|submit|send|buy|purchase|checkout|pay|vote|callback|oauth|magic|token|invite|join|leave|run|trigger|execute|restart|start|stop)$/;
/** The same in two words. */
const ACTS_IN_TWO = /^(log|sign) (out|off)$/;

/** What belongs to one connection, or asks for less than a whole answer. */
const LEFT_OUT =
  /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|content-length|expect|range|if-.*)$/;

/** Whether a GET that a user made may be made again by somebody else: nothing in its address says that it does more. */
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

/** The headers of a user's request for asking it again; the answer comes as text. */
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
