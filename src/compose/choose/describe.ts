import type { Router } from '../../config/sections/service.ts';
import { throughRouter } from '../ingress/router.ts';
import { freePort, type OpenPort, takenPorts } from '../services/open-port.ts';
import type { Addition } from './complete.ts';
import type { Stack } from './stack.ts';
import { waysIn } from './ways-in.ts';

export interface ChosenService {
  service: string;
  entry: number | undefined;
  preview: number | undefined;
  why: string;
  /** The proxies of the stack that users come through. */
  behind?: readonly string[] | undefined;
  /**
   * The router that users come through; it finds the service by the service's labels or
   * environment.
   */
  labels?: Router | undefined;
  port?: number | undefined;
  protocol?: 'http2' | 'tls' | 'tcp' | undefined;
}

type Spoken = [protocol: ChosenService['protocol'], said: string];

const SPOKEN: Readonly<Record<OpenPort['speaks'], Spoken>> = {
  http: [undefined, ''],
  http2: ['http2', ' by gRPC'],
  tls: ['tls', ' by TLS, which passes through; users are split by source address'],
  bytes: ['tcp', ', which speaks no HTTP; users are split by source address'],
};

/** Turns a complete choice into entries and internal services. */
export function describeChoice(
  stack: Stack,
  names: readonly string[],
  added: readonly Addition[] = [],
): ChosenService[] {
  const ingresses = waysIn(stack, names);
  const taken = takenPorts(stack.model);
  const previewFor = (port: number) => {
    const preview = freePort(port, taken);
    taken.add(preview);
    return preview;
  };
  return names.map((service) => {
    const addition = added.find((each) => each.service === service);
    const prefix = addition ? `added: ${addition.why}; ` : '';
    const ingress = ingresses.get(service);
    if (ingress?.kind === 'behind') {
      const { names: behind, said: port, protocol } = ingress;
      const preview = previewFor(ingress.published);
      const why = `${prefix}users reach it through ${behind.join(', ')} (${ingress.because}); the canary alone answers on ${preview}`;
      return { service, entry: undefined, behind, port, protocol, preview, why };
    }
    if (ingress?.kind === 'routed') {
      const { labels, port, because } = ingress;
      const preview = previewFor(ingress.listens);
      const why = `${prefix}users reach it ${throughRouter(labels)} (${because}); the canary alone answers on ${preview}`;
      return { service, entry: undefined, labels, port, preview, why };
    }
    if (ingress?.kind === 'entry') {
      const [protocol, said] = SPOKEN[ingress.speaks];
      const preview = previewFor(ingress.port);
      const why = `${prefix}users reach it on port ${ingress.port}${said}; the canary alone answers on ${preview}`;
      return { service, entry: ingress.port, ...(protocol ? { protocol } : {}), preview, why };
    }
    const why = addition ? prefix.slice(0, -2) : `internal: ${ingress?.why ?? ''}`;
    return { service, entry: undefined, preview: undefined, why };
  });
}
