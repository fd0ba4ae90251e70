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
    names.some((name) => new RegExp(`${before}${escaped(name)}${END}`, 'm').test(said)),
  )?.[0];
}

/** Whether a configuration sends requests to a host: in a URL, or in what nginx, Caddy, HAProxy and others say. */
export function sendsTo({ text }: ConfigurationFile, host: string): boolean {
  const name = escaped(host);
  const url = new RegExp(`[a-z]://(?:[^/@\\s]*@)?${name}${END}`, 'im');
  const directive = new RegExp(`(?:^|[\\s{;])(?:${DIRECTIVES})\\s(?:.*[\\s"'])?${name}${END}`, 'm');
  const said = withoutComments(text);
  return url.test(said) || directive.test(said);
}

/** What may follow a host. */
const END = `(?=$|[:/,;\\s"'})])`;

function asWord(host: string): RegExp {
  return new RegExp(`(?:^|\\s)${escaped(host)}${END}`, 'm');
}

function escaped(host: string): string {
  return host.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function withoutComments(text: string): string {
  return text.replace(/(^|\s)#.*$/gm, '');
}
