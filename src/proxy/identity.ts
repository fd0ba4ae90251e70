import type { Identity } from '../config/identity.ts';

/** The cookie that keeps an anonymous user on one side. */
const IDENTITY_COOKIE = 'canary-id';

/** Where the client's address is found: on the connection, or where a proxy in front wrote it. */
export const CLIENT = ['src'];
export const EDGE_CLIENT = ['req.hdr_ip(X-Forwarded-For,1)', 'src'];

/** Who the user is: the configured places in order, else a cookie of our own. */
export function identityRules(identity: readonly Identity[], client = CLIENT): string[] {
  const places = [...identity, { from: 'cookie' as const, name: IDENTITY_COOKIE }];
  return [
    ...places
      .flatMap((place) => (place.from === 'source' ? client : [fetchOf(place)]))
      .map(
        // What a request does not have sets nothing.
        (fetch) => `http-request set-var(txn.id) ${fetch} if !{ var(txn.id) -m found }`,
      ),
    'http-request set-var(txn.newid) uuid() if !{ var(txn.id) -m found }',
    'http-request set-var(txn.id) var(txn.newid) if !{ var(txn.id) -m found }',
    // Of the request, and gone when the answer comes.
    ...['ssl_fc', 'req.hdr(X-Forwarded-Proto) -m str -i https'].map(
      (isSecure) =>
        `http-request set-var(txn.secure) str('; Secure') if { var(txn.newid) -m found } { ${isSecure} }`,
    ),
  ];
}

/** Gives an anonymous user the cookie, while a canary has users: else answers stay as the service made them. */
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
      // Not verified: it chooses a side, and lets nobody in.
      return `http_auth_bearer,jwt_payload_query('$.${place.name}')`;
  }
}
