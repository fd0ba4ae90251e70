import { canaryIsUp } from './side.ts';

/** The W3C `baggage` header, which tracing libraries pass on from hop to hop. */
const KEY = 'canary';
const PATTERN = `^[[:blank:]]*${KEY}[[:blank:]]*=`;

/** The side that the baggage of a request names chooses. */
export function baggageRules(): string[] {
  return ['canary', 'stable'].map(
    (side) =>
      `http-request set-var(txn.rule) str(${side}) if { req.hdr(baggage) -m reg '${PATTERN}[[:blank:]]*${side}[[:blank:]]*(;|$)' }`,
  );
}

/** Which side a service answers from, in `txn.told`: the stable where its canary is out. */
export function toldRules(service: string, condition = ''): string[] {
  return [
    `http-request set-var(txn.told) str(stable) if ${condition}TRUE`,
    `http-request set-var(txn.told) str(canary) if ${condition}{ var(txn.side) -m str canary } ${canaryIsUp(service)}`,
  ];
}

/** Tells the service, which may pass it on, of the side that answers. */
export function tellSide(forceHeader: string): string[] {
  return tell(forceHeader, '%[var(txn.told)]');
}

/** The baggage of a request that says of itself which side it is for; the rest of it is kept. */
export function baggageOf(side: 'stable' | 'canary', received = ''): string {
  const others = received.split(',').filter((member) => !/^\s*(canary\s*=|$)/.test(member));
  return [...others.map((member) => member.trim()), `${KEY}=${side}`].join(',');
}

/** Replaces what came under these names, and keeps the rest of the baggage as it is. */
export function tell(forceHeader: string, side: string): string[] {
  return [
    `http-request set-header ${forceHeader} ${side}`,
    `http-request replace-value baggage '${PATTERN}.*$' '${KEY}=${side}'`,
    `http-request add-header baggage ${KEY}=${side} if !{ req.hdr(baggage) -m reg '${PATTERN}' }`,
  ];
}
