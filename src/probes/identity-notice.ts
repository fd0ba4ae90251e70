import type { Run } from '../project/run.ts';
import { likelyIdentity } from '../proxy/likely-identity.ts';
import type { LoggedRequest } from '../proxy/request-log.ts';
import { readSamples, SHOW_SAMPLES } from '../proxy/samples.ts';

/** After this many requests it is known what most of them have. */
const ENOUGH = 200;

/**
 * Watches where users are found; once it is known that most requests name no user, it says so, what
 * that does to the judge, and what to set. The proxy gives its cookie only while the canary has users, so nothing is
 * known before, and nothing by the first request of somebody who may come back with the cookie.
 */
export function identityNotice(run: Run): (request: LoggedRequest) => void {
  let count = 0;
  let hasCookies = false;
  const found = { named: 0, cookie: 0, address: 0, none: 0 };
  const came = new Set<number>();
  return ({ identity, side, user, byRule }) => {
    if (count >= ENOUGH) return;
    hasCookies ||= side === 'canary' && !byRule;
    if (!hasCookies) return;
    if (identity === 'address' && !came.has(user)) {
      came.add(user);
      return;
    }
    count += 1;
    found[identity] += 1;
    if (count !== ENOUGH) return;
    const anonymous = found.address + found.none;
    if (anonymous <= ENOUGH / 2) return;
    const isHidden = found.none > anonymous / 2;
    void placesSeen(run).then((places) =>
      run.context.emit({ type: 'warning', text: noticeText(anonymous, isHidden, places) }),
    );
  };
}

/** Where users' requests in the proxy's memory may say who they are; empty without such requests. */
export async function placesSeen({ project }: { project: Pick<Run['project'], 'socket'> }) {
  const answer = await project.socket.ask(SHOW_SAMPLES).catch(() => '');
  return likelyIdentity(readSamples(answer));
}

function noticeText(anonymous: number, isHidden: boolean, places: readonly string[]): string {
  const share = Math.round((100 * anonymous) / ENOUGH);
  const effect = isHidden
    ? 'They come through a proxy whose X-Forwarded-For is not trusted, so they change sides and count as one user for the judge. Name its address in canary.yaml: `proxy: { trusted: [ADDRESS] }`, or the user'
    : 'They stay on one side by their address and program, and all that share both count as one user, so judging takes longer. Name the user in canary.yaml';
  return `${share} % of the requests have no identity and keep no cookie. ${effect}: \`identity: [${places[0] ?? 'header:NAME'}]\`.`;
}
