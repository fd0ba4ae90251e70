import { canaryIsUp } from './side.ts';

/** The W3C `baggage` header, which tracing libraries pass on from hop to hop. */
const KEY = 'canary';
const PATTERN = `^[[:blank:]]*${KEY}[[:blank:]]*=`;

/** The side named in a request's baggage decides. */
export function baggageRules(): string[] {
  return ['canary', 'stable'].map(
    (side) =>
      `http-request set-var(txn.rule) str(${side}) if { req.hdr(baggage) -m reg '${PATTERN}[[:blank:]]*${side}[[:blank:]]*(;|$)' }`,
  );
}

/** Sets `txn.told` to the side from which a service responds: the stable if its canary is out. */
export function toldRules(service: string, condition = ''): string[] {
  return [
    `http-request set-var(txn.told) str(stable) if ${condition}TRUE`,
    `http-request set-var(txn.told) str(canary) if ${condition}{ var(txn.side) -m str canary } ${canaryIsUp(service)}`,
  ];
}

/** Tells the service which side responds; it may pass this on. */
export function tellSide(forceHeader: string): string[] {
  return tell(forceHeader, '%[var(txn.told)]');
}

/** The baggage of a request that states its side; the rest of the received baggage is kept. */
export function baggageOf(side: 'stable' | 'canary', received = ''): string {
  const others = received.split(',').filter((member) => !/^\s*(canary\s*=|$)/.test(member));
  return [...others.map((member) => member.trim()), `${KEY}=${side}`].join(',');
}

/** Replaces what was received under these names, and keeps the rest of the baggage unchanged. */
export function tell(forceHeader: string, side: string): string[] {
  return [
    `http-request set-header ${forceHeader} ${side}`,
    `http-request replace-value baggage '${PATTERN}.*$' '${KEY}=${side}'`,
    `http-request add-header baggage ${KEY}=${side} if !{ req.hdr(baggage) -m reg '${PATTERN}' }`,
  ];
}
