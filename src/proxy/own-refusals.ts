import { section } from './syntax.ts';

/**
 * Addresses whose response the proxy refused to pass on, for instance because its headers are too
 * large: the breaker does not count their failures, because the canary is not the reason.
 */
const TABLE = 'own:refusals';

/** The table, in a backend of its own, because a backend can have only one. */
export function ownRefusalsTable(): string {
  return section(`backend ${TABLE}`, ['stick-table type integer size 10k expire 1h store gpt0']);
}

/** The lines that remember such an address, by its host and path. */
export const REMEMBER_REFUSALS = [
  `http-request track-sc2 base32 table ${TABLE}`,
  'http-after-response sc-set-gpt0(2) int(1) if { txn.sess_term_state -m beg P }',
];

/** The condition that a request is to such an address. */
export const WAS_REFUSED = '{ sc_get_gpt0(2) gt 0 }';
