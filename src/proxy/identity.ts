import type { Identity } from '../config/sections/identity.ts';
import { section } from './syntax.ts';

/** The cookie that keeps an anonymous user on one side. */
const IDENTITY_COOKIE = 'canary-id';

/** Addresses and programs (by User-Agent) that return the cookie: browsers. */
const RETURNS_COOKIE = 'returns:cookie';
/** A list of addresses in one line of HAProxy's configuration, which has at most 64 words. */
const ADDRESSES_IN_A_LINE = 50;
/** How many trusted proxies a request may come through. */
const MOST_PROXIES = 3;

const IS_NEW = '{ var(txn.idfrom) -m str address none }';

/** The table, in a backend of its own, because a backend can have only one. */
export function returnsCookieTable(): string {
  return section(`backend ${RETURNS_COOKIE}`, [
    'stick-table type integer size 100k expire 24h store gpt0',
  ]);
}

/**
 * Finds the client's address: of the connection, or what trusted proxies in front report; read from
 * the last, because the first may be anybody's word.
 */
export function addressLines(trusted: readonly string[]): string[] {
  const reported = (index: number) => `req.hdr_ip(X-Forwarded-For,-${index})`;
  const lists = Array.from({ length: Math.ceil(trusted.length / ADDRESSES_IN_A_LINE) }, (_, at) =>
    trusted.slice(at * ADDRESSES_IN_A_LINE, (at + 1) * ADDRESSES_IN_A_LINE),
  );
  const proxies =
    trusted.length === 0 ? [] : Array.from({ length: MOST_PROXIES }, (_, at) => at + 1);
  return [
    'http-request set-var(txn.address) src',
    ...lists.map((list) => `acl is_trusted var(txn.address) -m ip -- ${list.join(' ')}`),
    `http-request set-var(txn.hidden) bool(1) if { req.hdr(X-Forwarded-For) -m found }${proxies.length > 0 ? ' !is_trusted' : ''}`,
    ...proxies.map(
      (index) =>
        `http-request set-var(txn.address) ${reported(index)} if is_trusted { ${reported(index)} -m found }`,
    ),
  ];
}

/** The same behind a proxy of the stack, which is known to report the client. */
export const EDGE_ADDRESS = [
  'http-request set-var(txn.address) src',
  'http-request set-var(txn.address) req.hdr_ip(X-Forwarded-For,1) if { req.hdr_ip(X-Forwarded-For,1) -m found }',
];

/**
 * Finds who the user is: the configured places in order, else canary's own cookie, else the
 * client's address and program. `address`: the lines that find the client's address; none if it
 * says nothing about users.
 */
export function identityRules(
  identity: readonly Identity[],
  address: readonly string[] = addressLines([]),
): string[] {
  return [
    ...address,
    ...identity.map((place) => useAsId(fetchOf(place))),
    idFrom('named'),
    useAsId(`req.cook(${IDENTITY_COOKIE})`),
    idFrom('cookie'),
    ...(address.length > 0 ? PROGRAM_LINES : []),
    useAsId('uuid()'),
    idFrom('none'),
    // Must be read from the request: it is gone when the response comes.
    ...['ssl_fc', 'req.hdr(X-Forwarded-Proto) -m str -i https'].map(
      (isSecure) => `http-request set-var(txn.secure) str('; Secure') if ${IS_NEW} { ${isSecure} }`,
    ),
  ];
}

/**
 * A client that keeps no cookie stays on one side by its address and program, and so do the first
 * requests of a browser until it has the cookie, which then says the same. Once a browser at this
 * address has returned the cookie, others like it are new users of their own.
 */
const PROGRAM_LINES = [
  `http-request set-var-fmt(txn.program) "%[var(txn.address)] %[req.fhdr(user-agent)]" if !{ var(txn.hidden) -m found } !{ var(txn.idfrom) -m str named }`,
  `http-request track-sc3 var(txn.program),xxh32 table ${RETURNS_COOKIE} if { var(txn.program) -m found } { var(txn.idfrom) -m str cookie }`,
  'http-request sc-set-gpt0(3) int(1) if { var(txn.program) -m found } { var(txn.idfrom) -m str cookie }',
  `http-request set-var-fmt(txn.id) "%[var(txn.program),xxh32]" if !{ var(txn.id) -m found } { var(txn.program) -m found } !{ var(txn.program),xxh32,table_gpt0(${RETURNS_COOKIE}) gt 0 }`,
  idFrom('address'),
];

/** What a request does not have sets no value. */
function useAsId(fetch: string): string {
  return `http-request set-var(txn.id) ${fetch} if !{ var(txn.id) -m found }`;
}

/** Notes where the identity was found, unless an earlier place has it. */
function idFrom(where: string): string {
  return `http-request set-var(txn.idfrom) str(${where}) if { var(txn.id) -m found } !{ var(txn.idfrom) -m found }`;
}

/** The condition that a cache in front may give a response to everybody. */
const IS_FOR_ALL =
  "{ res.fhdr(Cache-Control) -m reg -i 'max-?age=0*[1-9]|immutable' } !{ res.fhdr(Cache-Control) -m reg -i 'private|no-store|no-cache' }";

/**
 * Gives an anonymous user the cookie while a canary has users; otherwise responses stay unchanged.
 * So does what caches in front keep: with a cookie some would keep it no longer, and others would
 * give everybody the same one.
 */
export function cookieRules(): string[] {
  const attributes = 'Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax%[var(txn.secure)]';
  return [
    `http-response set-var(txn.kept) bool(1) if ${IS_FOR_ALL}`,
    `http-response add-header Set-Cookie "${IDENTITY_COOKIE}=%[var(txn.id)]; ${attributes}" if ${IS_NEW} { var(txn.weight) -m int gt 0 } !{ var(txn.kept) -m found }`,
  ];
}

function fetchOf(place: Identity): string {
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
    case 'source':
      return 'var(txn.address)';
  }
}
