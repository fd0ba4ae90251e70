import type { Identity } from '../config/sections/identity.ts';

/** The cookie that keeps an anonymous user on one side. */
const IDENTITY_COOKIE = 'canary-id';

/** Where the client's address is: on the connection, or in a header set by a proxy in front. */
export const CLIENT = ['src'];
export const EDGE_CLIENT = ['req.hdr_ip(X-Forwarded-For,1)', 'src'];

/** Finds who the user is: the configured places in order, else canary's own cookie. */
export function identityRules(identity: readonly Identity[], client = CLIENT): string[] {
  const places = [...identity, { from: 'cookie' as const, name: IDENTITY_COOKIE }];
  return [
    ...places
      .flatMap((place) => (place.from === 'source' ? client : [fetchOf(place)]))
      .map(
        // What a request does not have sets no value.
        (fetch) => `http-request set-var(txn.id) ${fetch} if !{ var(txn.id) -m found }`,
      ),
    'http-request set-var(txn.newid) uuid() if !{ var(txn.id) -m found }',
    'http-request set-var(txn.id) var(txn.newid) if !{ var(txn.id) -m found }',
    // Must be read from the request: it is gone when the response comes.
    ...['ssl_fc', 'req.hdr(X-Forwarded-Proto) -m str -i https'].map(
      (isSecure) =>
        `http-request set-var(txn.secure) str('; Secure') if { var(txn.newid) -m found } { ${isSecure} }`,
    ),
  ];
}

/**
 * Gives an anonymous user the cookie while a canary has users; otherwise responses stay unchanged.
 */
export function cookieRule(): string {
  const attributes = 'Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax%[var(txn.secure)]';
  return `http-response add-header Set-Cookie "${IDENTITY_COOKIE}=%[var(txn.newid)]; ${attributes}" if { var(txn.newid) -m found } { var(txn.weight) -m int gt 0 }`;
}

function fetchOf(place: Exclude<Identity, { from: 'source' }>): string {
  switch (place.from) {
    case 'header':
      return `req.hdr(${place.name})`;
    case 'cookie':
      return `req.cook(${place.name})`;
    case 'query':
      return `url_param(${place.name}),url_dec(1)`;
    case 'jwt':
      // Not verified: it only chooses a side, it gives no access.
      return `http_auth_bearer,jwt_payload_query('$.${place.name}')`;
  }
}
