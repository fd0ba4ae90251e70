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

/** Whether a configuration sends requests to a host: in a URL, or in what nginx, Caddy, HAProxy and others say. */
export function sendsTo({ text }: ConfigurationFile, host: string): boolean {
  const name = host.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const end = `(?=$|[:/,;\\s"'})])`;
  const url = new RegExp(`[a-z]://(?:[^/@\\s]*@)?${name}${end}`, 'im');
  const directive = new RegExp(`(?:^|[\\s{;])(?:${DIRECTIVES})\\s(?:.*[\\s"'])?${name}${end}`, 'm');
  const said = text.replace(/(^|\s)#.*$/gm, '');
  return url.test(said) || directive.test(said);
}
