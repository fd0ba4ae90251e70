import { guardedName } from './route.ts';
import { section } from './syntax.ts';

/** Counts open long-lived connections, by backend, in a table of the proxy. */
const TABLE = 'long:lived';
export const SHOW_LONG_LIVED = `show table ${TABLE}`;

/** The table, in a backend of its own, because a backend can have only one. */
export function longLivedTable(): string {
  return section(`backend ${TABLE}`, [
    'stick-table type string len 256 size 1k expire 24h store conn_cur',
  ]);
}

/** The rule for a backend with users: counts WebSockets and similar, and server-sent events. */
export const COUNT_LONG_LIVED = [
  `http-response set-var(txn.stays) be_name if { status 101 } || { res.hdr(content-type) -m beg text/event-stream }`,
  `http-response track-sc1 var(txn.stays) table ${TABLE} if { var(txn.stays) -m found }`,
];

/**
 * The same for a backend that passes bytes on: every connection counts as long-lived, under the name
 * of the side's backend.
 */
export const longLivedStream = (backend: string) =>
  `tcp-request content track-sc1 str(${backend}) table ${TABLE}`;

/**
 * How many long-lived connections of a service are open on a side, from the output of
 * `SHOW_LONG_LIVED`.
 */
export function countLongLived(table: string, service: string, side: 'stable' | 'canary'): number {
  const backend = side === 'canary' ? guardedName(service) : service;
  const line = table.split('\n').find((each) => each.includes(` key=${backend} `));
  return Number(/ conn_cur=(\d+)/.exec(line ?? '')?.[1] ?? 0);
}
