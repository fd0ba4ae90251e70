import { tell, tellSide, toldRules } from './baggage.ts';
import { chooseBaseline } from './baseline.ts';
import { forwardedLines } from './forwarded.ts';
import { CLIENT, cookieRule, EDGE_CLIENT } from './identity.ts';
import { logRequests } from './request-log.ts';
import {
  aloneName,
  entryName,
  guardedName,
  previewName,
  type Route,
  replicasName,
  section,
} from './route.ts';
import { KEEP_SAMPLE, offerSample } from './samples.ts';
import { canaryIsUp, forceRules, type SideSettings, sideRules, standInRule } from './side.ts';
import { bindOptions, PLAIN, patience, previewOptions } from './transport.ts';

export interface EntrySettings extends SideSettings {
  /** Calls of other services are split too: requests say of which side they are. */
  hasHops: boolean;
}

/** Where users come in: who they are, and which side they are on. */
export function entrySection(
  { service, baseline }: Route,
  { port, from, published, transport = PLAIN }: NonNullable<Route['entry']>,
  settings: EntrySettings,
): string {
  return section(`frontend ${entryName(service)}`, [
    `bind :${port}${bindOptions(service, transport)}`,
    ...patience('client', transport),
    ...forwardedLines(transport.certificate !== undefined, published),
    ...(from === 'edge' ? KEEP_CLIENT : []),
    ...sideRules(
      settings,
      forceRules(settings.forceHeader),
      from === 'edge' ? EDGE_CLIENT : CLIENT,
    ),
    standInRule(service),
    ...(baseline ? [chooseBaseline] : []),
    ...logRequests(from === 'edge' ? EDGE_CLIENT : CLIENT),
    ...(settings.hasHops ? [...toldRules(service), ...tellSide(settings.forceHeader)] : []),
    cookieRule(),
    ...(settings.keepsSamples
      ? [offerSample(service, '!{ var(txn.rule) -m found } '), ...KEEP_SAMPLE]
      : []),
    // A canary that is gone, or that the breaker took out, leaves its users to the stable.
    `use_backend ${guardedName(service)} if { var(txn.side) -m str canary } ${canaryIsUp(service)}`,
    `default_backend ${service}`,
  ]);
}

/** The edge in front of the proxy has said who asks; the log has it as a captured header. */
const KEEP_CLIENT = [
  'option forwardfor if-none',
  'http-request capture req.hdr(X-Forwarded-For) len 100',
];

/** The canary alone, on a port of its own; also while the breaker keeps it from users. Not counted as users' requests. */
export function previewSection(
  { service, entry }: Route,
  preview: number,
  { forceHeader, hasHops }: EntrySettings,
): string {
  const transport = entry?.transport ?? PLAIN;
  return section(`frontend ${previewName(service)}`, [
    `bind :${preview}${previewOptions(service, transport)}`,
    `http-request return status 503 content-type text/plain string "No canary is running.\\n" if { nbsrv(${replicasName(service)}) eq 0 }`,
    ...forwardedLines(transport.certificate !== undefined),
    ...(hasHops ? tell(forceHeader, 'canary') : []),
    `default_backend ${aloneName(service)}`,
  ]);
}
