import { section, word } from './syntax.ts';

/** Where HAProxy finds the files of a certificate, in its container. */
export interface CertificateFiles {
  certificate: string;
  key: string;
  /** Of the certificate: a renewed one makes another configuration, which is loaded. */
  fingerprint: string;
}

/** What an entry's users speak, and what its service does. */
export interface Transport {
  protocol: 'http' | 'http2' | 'tcp' | 'tls';
  /** TLS ends at the proxy with this. */
  certificate: CertificateFiles | undefined;
  /** The service speaks TLS itself. */
  reencrypt: boolean;
  /** The names that are split where TLS passes through; every name when there are none. */
  sni: readonly string[];
  /** The client's address by PROXY protocol: from who is in front of the proxy, and to the service. */
  proxyProtocol: { accept: boolean; send: boolean };
}

export const PLAIN: Transport = {
  protocol: 'http',
  certificate: undefined,
  reencrypt: false,
  sni: [],
  proxyProtocol: { accept: false, send: false },
};

const STORE = 'canary';

/** Whether HAProxy sees bytes and no requests. */
export function isStream({ protocol }: Transport): boolean {
  return protocol === 'tcp' || protocol === 'tls';
}

/** How users are listened to, behind the address of a `bind`. */
export function bindOptions(service: string, transport: Transport): string {
  const proxy = transport.proxyProtocol.accept ? ' accept-proxy' : '';
  return proxy + tlsOptions(service, transport);
}

/** The same for a preview: people come there without whoever is in front of the entry. */
export function tlsOptions(service: string, { certificate }: Transport): string {
  return certificate ? ` ssl crt @${STORE}/${service} alpn h2,http/1.1 ssl-min-ver TLSv1.2` : '';
}

/** How containers are talked to, users and checks alike; behind the options of a `server`. */
export function serverOptions(transport: Transport): string {
  return `${wireOptions(transport)}${transport.proxyProtocol.send ? ' check-send-proxy' : ''}`;
}

/** The same for users alone. */
export function wireOptions({ protocol, reencrypt, proxyProtocol }: Transport): string {
  const isHttp2 = protocol === 'http2';
  const http2 = isHttp2 ? ' proto h2' : '';
  // Inside the project nobody has a certificate that anybody could know.
  const tls = reencrypt ? ` ssl verify none${isHttp2 ? ' alpn h2' : ''}` : '';
  return `${http2}${tls}${proxyProtocol.send ? ' send-proxy-v2' : ''}`;
}

/** The same for checks alone, of containers whose users' bytes are handed on as they come. */
export function checkOptions({ reencrypt, proxyProtocol }: Transport): string {
  const tls = reencrypt ? ' check-ssl verify none' : '';
  return `${tls}${proxyProtocol.send ? ' check-send-proxy' : ''}`;
}

/** A call of gRPC may be silent for as long as a WebSocket; its connection is kept by means that HAProxy does not pass on. */
export function patience(side: 'client' | 'server', transport: Transport = PLAIN): string[] {
  return transport.protocol === 'http2' ? [`timeout ${side} 24h`] : [];
}

/** The users' certificates. Files are named, never copied. */
export function certificateSection(
  entries: readonly { service: string; certificate: CertificateFiles }[],
): string {
  const lines = entries.flatMap(({ service, certificate }) => [
    `# ${service}: SHA-256 ${certificate.fingerprint}`,
    `load crt ${word(certificate.certificate)} key ${word(certificate.key)} alias ${service}`,
  ]);
  return section(`crt-store ${STORE}`, lines);
}
