import { literally } from '../../config/values/literally.ts';

/** A configuration file of a service, as far as it could be read. */
export interface ConfigurationFile {
  /** The name in messages. */
  path: string;
  text: string;
}

/** By service. */
export type ConfigurationFiles = Readonly<Record<string, readonly ConfigurationFile[]>>;

const DIRECTIVES = [
  'proxy_pass|grpc_pass|uwsgi_pass|fastcgi_pass|server',
  'reverse_proxy|php_fastcgi|to',
  'ProxyPass|BalancerMember|RewriteRule',
  'address:|host:',
].join('|');

const OTHERS = [
  ['FastCGI', '(?:fastcgi_pass|php_fastcgi)\\s+(?:fastcgi://)?'],
  ['uwsgi', 'uwsgi_pass\\s+(?:uwsgi://)?'],
  ['gRPC', 'grpc_pass\\s+(?:grpc://)?'],
  ['TLS', '(?:https|grpcs|h2)://'],
] as const;

/**
 * The protocol that a configuration uses for a host if it is not plain HTTP/1; found at the host
 * itself, or at an `upstream` that contains it.
 */
export function otherLanguage(
  { text }: ConfigurationFile,
  host: string,
): (typeof OTHERS)[number][0] | undefined {
  const said = withoutComments(text);
  const blocks = [...said.matchAll(/upstream\s+([^\s{]+)\s*\{([^{}]*)\}/g)];
  const names = [
    host,
    ...blocks.flatMap(([, name = '', body = '']) => (asWord(host).test(body) ? [name] : [])),
  ];
  return OTHERS.find(([, before]) =>
    names.some((name) => new RegExp(`${before}${literally(name)}${END}`, 'm').test(said)),
  )?.[0];
}

/** Hosts that a configuration sends requests to, as far as its text shows. */
export interface NamedHosts {
  /** In directives of nginx, Caddy, HAProxy and others. */
  inDirectives: ReadonlySet<string>;
  /** In URLs, in lower case. */
  inUrls: ReadonlySet<string>;
}

/**
 * Finds every host that a configuration sends requests to in one pass: a stack may have a thousand
 * names to look for.
 */
export function hostsOf({ text }: ConfigurationFile): NamedHosts {
  const said = withoutComments(text);
  const inUrls = [...said.matchAll(URL_HOSTS)].flatMap(([, ...hosts]) =>
    hosts.flatMap((host) => (host ? [host.toLowerCase()] : [])),
  );
  const inDirectives = afterDirectives(said).flatMap((rest) => rest.match(HOSTS) ?? []);
  return { inDirectives: new Set(inDirectives), inUrls: new Set(inUrls) };
}

/**
 * The text after a directive, up to the first word of the next line. A second directive on the same
 * line adds nothing.
 */
function afterDirectives(said: string): string[] {
  const rests: string[] = [];
  let end = 0;
  for (const { index, 0: directive } of said.matchAll(DIRECTIVE)) {
    const start = index + directive.length + 1;
    if (start < end) continue;
    REST.lastIndex = start;
    const [rest = '', line = ''] = REST.exec(said) ?? [];
    end = start + line.length;
    rests.push(rest);
  }
  return rests;
}

/** What may follow a host. */
const END = `(?=$|[:/,;\\s"'})])`;
/** Service names consist of these characters, so whole words can be looked up. */
const HOST = `[\\w.-]+`;

const DIRECTIVE = new RegExp(`(?<=^|[\\s{;])(?:${DIRECTIVES})(?=\\s)`, 'gm');
const REST = /(.*[\n\r\u2028\u2029]?)(?:(?<=[\n\r\u2028\u2029])[\w.-]*[^\w.-]?)?/y;
const HOSTS = new RegExp(`(?<=^|[\\s"'])${HOST}${END}`, 'g');
/** With or without a user name before the host. */
const URL_HOSTS = new RegExp(
  `(?<=[a-z]://)(?=(?:(${HOST})${END})?)(?=(?:[^/@\\s]*@(${HOST})${END})?)`,
  'gim',
);

function asWord(host: string): RegExp {
  return new RegExp(`(?:^|\\s)${literally(host)}${END}`, 'm');
}

function withoutComments(text: string): string {
  return text.replace(/(^|\s)#.*$/gm, '');
}
