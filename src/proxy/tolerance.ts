/** What the proxy accepts, so that no request that a service answers fails at the proxy. */
export interface Tolerance {
  /** The largest head of a request or of a response, in bytes: its first line and its headers. */
  headers: number;
  /** How long an idle connection of a client is kept, in milliseconds. */
  keepAlive: number;
}

/** Room in a buffer for headers that the proxy adds. */
const ADDED_BYTES = 4096;
/** HAProxy stores a header in more bytes than the message has. */
const OVERHEAD_BYTES = 4096;
/** As many as Node accepts; HAProxy's own limit is 101. */
const MOST_HEADERS = 2000;
/** Long, because services had no such limits before the proxy came. */
const SILENCE_MS = 600_000;

/** Global limits: HAProxy keeps the head of a message in one buffer. */
export function bufferLines({ headers }: Tolerance): string[] {
  return [
    `tune.bufsize ${headers + ADDED_BYTES + OVERHEAD_BYTES}`,
    `tune.maxrewrite ${ADDED_BYTES}`,
    `tune.http.maxhdr ${MOST_HEADERS}`,
  ];
}

/** Defaults for messages and connections of HTTP. */
export function toleranceLines({ keepAlive }: Tolerance): string[] {
  return [
    // Devices and old browsers do not escape addresses, and services answer them.
    'option accept-invalid-http-request',
    'option accept-invalid-http-response',
    // Otherwise the kernel keeps a part of a message back for 200 ms, to fill a packet: each event of
    // a stream would be late.
    'option http-no-delay',
    // A replaced worker answers one more request on an idle connection and announces that it
    // closes.
    'option idle-close-on-response',
    // Load balancers and browsers open connections before they need them, and keep them for a
    // minute. When such a connection ends, an error response would be taken for an answer.
    'timeout http-request 75s',
    'option http-ignore-probes',
    // A load balancer in front must close idle connections first: what it sends on a connection
    // that is just being closed is lost.
    `timeout http-keep-alive ${keepAlive}ms`,
    // Also limits idle connections.
    `timeout client ${Math.max(SILENCE_MS, keepAlive)}ms`,
    `timeout server ${SILENCE_MS}ms`,
  ];
}

/**
 * A replaced or stopped worker closes idle connections within this time: it no longer learns which
 * containers exist.
 */
export const CLOSE_IDLE_SECONDS = 5;
export const CLOSE_IDLE_CONNECTIONS = `close-spread-time ${CLOSE_IDLE_SECONDS}s`;
