import { section, word } from './syntax.ts';

/** Paths of a certificate's files in HAProxy's container. */
export interface CertificateFiles {
  certificate: string;
  key: string;
  /**
   * The certificate's fingerprint: a renewed certificate changes the configuration, which is then
   * reloaded.
   */
  fingerprint: string;
}

/** The protocols of an entry's users and of its service. */
export interface Transport {
  protocol: 'http' | 'http2' | 'tcp' | 'tls';
  /** The certificate with which the proxy terminates TLS. */
  certificate: CertificateFiles | undefined;
  /** The service itself also uses TLS. */
  reencrypt: boolean;
  /** The server names that are split if TLS passes through; every name if empty. */
  sni: readonly string[];
  /**
   * The client's address over PROXY protocol: accepted from a load balancer in front, and sent to
   * the service.
   */
  proxyProtocol: { accept: boolean; send: boolean };
  /** Connections to the service are kept for other requests. */
  reuse: boolean;
}

export const PLAIN: Transport = {
  protocol: 'http',
  certificate: undefined,
  reencrypt: false,
  sni: [],
  proxyProtocol: { accept: false, send: false },
  reuse: false,
};

const STORE = 'canary';

/** Whether HAProxy sees only bytes, not requests. */
export function isStream({ protocol }: Transport): boolean {
  return protocol === 'tcp' || protocol === 'tls';
}

/** The options after the address of a `bind` for users. */
export function bindOptions(service: string, transport: Transport): string {
  const proxy = transport.proxyProtocol.accept ? ' accept-proxy' : '';
  return proxy + tlsOptions(service, transport);
}

/**
 * The same for a preview: its connections do not come through the load balancer in front of the
 * entry.
 */
export function tlsOptions(service: string, { certificate }: Transport): string {
  return certificate ? ` ssl crt @${STORE}/${service} alpn h2,http/1.1 ssl-min-ver TLSv1.2` : '';
}

/** The options of a `server` for its containers, for users and checks alike. */
export function serverOptions(transport: Transport): string {
  return `${wireOptions(transport)}${transport.proxyProtocol.send ? ' check-send-proxy' : ''}`;
}

/** The same, only for users. */
export function wireOptions({ protocol, reencrypt, proxyProtocol }: Transport): string {
  const isHttp2 = protocol === 'http2';
  const http2 = isHttp2 ? ' proto h2' : '';
  // Inside the project, no certificate can be verified.
  const tls = reencrypt ? ` ssl verify none${isHttp2 ? ' alpn h2' : ''}` : '';
  return `${http2}${tls}${proxyProtocol.send ? ' send-proxy-v2' : ''}`;
}

/** The same, only for checks of containers to which users' bytes are passed on unchanged. */
export function checkOptions({ reencrypt, proxyProtocol }: Transport): string {
  const tls = reencrypt ? ' check-ssl verify none' : '';
  return `${tls}${proxyProtocol.send ? ' check-send-proxy' : ''}`;
}

/**
 * A gRPC call may be silent for as long as a WebSocket; HAProxy does not pass on the messages that
 * keep its connection alive.
 */
export function patience(side: 'client' | 'server', transport: Transport = PLAIN): string[] {
  return transport.protocol === 'http2' ? [`timeout ${side} 24h`] : [];
}

/**
 * How requests reach the service. One sent on an idle connection that the service is just closing is
 * lost, and if it may have had an effect, it is not sent again: so each has its own connection.
 * HTTP/2 announces that a connection ends.
 */
export function serverLines(transport: Transport = PLAIN): string[] {
  const keeps = transport.reuse || transport.protocol === 'http2';
  return [...patience('server', transport), ...(keeps ? [] : ['option http-server-close'])];
}

/** The user's certificates. Files are referenced, never copied. */
export function certificateSection(
  entries: readonly { service: string; certificate: CertificateFiles }[],
): string {
  const lines = entries.flatMap(({ service, certificate }) => [
    `# ${service}: SHA-256 ${certificate.fingerprint}`,
    `load crt ${word(certificate.certificate)} key ${word(certificate.key)} alias ${service}`,
  ]);
  return section(`crt-store ${STORE}`, lines);
}
