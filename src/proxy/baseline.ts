import { BASELINE_SERVER, type Route } from './route.ts';
import { PLAIN, serverOptions } from './transport.ts';
import { BUCKETS } from './weight.ts';

/**
 * Which users of the stable are the baseline's: as many as are on the canary, from the other end of the buckets, so that a
 * higher weight only adds users here too. From half of the users on it is everybody whom the weight leaves on the stable.
 */
export const chooseBaseline = `http-request set-var(txn.baseline) bool(1) if { var(txn.side) -m str stable } !{ var(txn.rule) -m found } { var(txn.bucket),add(txn.weight) -m int ge ${BUCKETS} }`;

/** The baseline in the stable's backend; where it is none, or down, its users are the stable's like all others. */
export function baselineLines({ baseline, port, entry }: Route): string[] {
  if (!baseline) return [];
  const watch = 'observe layer4 error-limit 1 on-error mark-down';
  return [
    `use-server ${BASELINE_SERVER} if { var(txn.baseline) -m found }`,
    // Weight 0: nothing but the rule above reaches it.
    `server ${BASELINE_SERVER} ${baseline}:${port} weight 0 ${watch}${serverOptions(entry?.transport ?? PLAIN)}`,
  ];
}
