import { literally } from '../../config/literally.ts';

/** A file that a service reads its configuration from, as far as it could be read. */
export interface ConfigurationFile {
  /** As people would name it. */
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

/** What a configuration speaks to a host where that is not plain HTTP/1: by what it says of it, or of an `upstream` that has it. */
export function otherLanguage(
  { text }: ConfigurationFile,
  host: string,
): (typeof OTHERS)[number][0] | undefined {
  const said = withoutComments(text);
  const blocks = [...said.matchAll(/upstream\s+(\S+)\s*\{([^}]*)\}/g)];
  const names = [
    host,
    ...blocks.flatMap(([, name = '', body = '']) => (asWord(host).test(body) ? [name] : [])),
  ];
  return OTHERS.find(([, before]) =>
    names.some((name) => new RegExp(`${before}${literally(name)}${END}`, 'm').test(said)),
  )?.[0];
}

/** Hosts that a configuration sends requests to, as far as a look at the text tells. */
export interface NamedHosts {
  /** As nginx, Caddy, HAProxy and others say them. */
  inDirectives: ReadonlySet<string>;
  /** In URLs, in small letters. */
  inUrls: ReadonlySet<string>;
}

/** Every host that a configuration sends requests to, in one pass over it: a stack may have a thousand names to look for. */
export function hostsOf({ text }: ConfigurationFile): NamedHosts {
  const said = withoutComments(text);
  const inUrls = [...said.matchAll(URL_HOSTS)].flatMap(([, ...hosts]) =>
    hosts.flatMap((host) => (host ? [host.toLowerCase()] : [])),
  );
  const inDirectives = afterDirectives(said).flatMap((rest) => rest.match(HOSTS) ?? []);
  return { inDirectives: new Set(inDirectives), inUrls: new Set(inUrls) };
}

/** What follows a directive, to the first word of the next line. A second directive in a line adds nothing. */
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
/** Names of services are made of these letters, so that whole words can be looked up. */
const HOST = `[\\w.-]+`;

const DIRECTIVE = new RegExp(`(?<=^|[\\s{;])(?:${DIRECTIVES})(?=\\s)`, 'gm');
const REST = /(.*[\n\r\u2028\u2029]?)(?:(?<=[\n\r\u2028\u2029])[\w.-]*[^\w.-]?)?/y;
const HOSTS = new RegExp(`(?<=^|[\\s"'])${HOST}${END}`, 'g');
/** With a user before it or without. */
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
