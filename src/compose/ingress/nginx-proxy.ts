import type { ComposeModel, ComposeService } from '../model/model.ts';

/**
 * The port at which nginx-proxy finds the service; a text is the reason why the proxy cannot take
 * its place.
 */
export function nginxProxyRoutes(
  { services }: ComposeModel,
  name: string,
): { port: number | undefined } | string {
  const environment = services[name]?.environment ?? {};
  if (environment.VIRTUAL_HOST_MULTIPORTS) return 'it has `VIRTUAL_HOST_MULTIPORTS`';
  if (!environment.VIRTUAL_HOST) return 'it has no `VIRTUAL_HOST` in its environment';
  const protocol = environment.VIRTUAL_PROTO ?? 'http';
  if (protocol !== 'http') return `nginx-proxy speaks ${protocol} to it`;
  const port = Number(environment.VIRTUAL_PORT);
  return { port: Number.isInteger(port) && port > 0 ? port : undefined };
}

/** Settings of nginx-proxy and its companion that do not concern only the stable's container. */
const SETTINGS =
  /^(VIRTUAL_(HOST|PATH|DEST|ROOT|PROTO)|LETSENCRYPT_\w+|ACME_\w+|HTTPS_METHOD|CERT_NAME|SSL_POLICY|HSTS|NETWORK_ACCESS|SERVER_TOKENS|NON_GET_REDIRECT)$/;

/** What the proxy's container declares in place of the service, as the user wrote it. */
export function nginxProxyFields(
  labels: ReadonlyMap<string, string>,
  environment: ReadonlyMap<string, string>,
  port: number,
): { labels: string[]; environment: string[] } {
  const lines = (pairs: ReadonlyMap<string, string>, pattern: RegExp) =>
    [...pairs].flatMap(([key, value]) => (pattern.test(key) && value ? [`${key}=${value}`] : []));
  return {
    labels: lines(labels, /^com\.github\.(nginx-proxy|jrcs)\./),
    environment: [...lines(environment, SETTINGS), `VIRTUAL_PORT=${port}`],
  };
}

/**
 * nginx-proxy balances users among all containers with these variables: while the proxy has them,
 * they are empty in the stable.
 */
export function withoutHost({ environment = {} }: ComposeService): Record<string, string> {
  const keys = ['VIRTUAL_HOST', 'LETSENCRYPT_HOST'].filter((key) => environment[key]);
  return Object.fromEntries(keys.map((key) => [key, '']));
}
