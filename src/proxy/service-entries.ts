import { baggageRules, tellSide, toldRules } from './baggage.ts';
import { logRequests } from './request-log.ts';
import { guardedName, type Route } from './route.ts';
import { KEEP_SAMPLE, offerSample } from './samples.ts';
import { canaryIsUp, forceRules, type SideSettings, sideRules, standInRule } from './side.ts';
import { section, word } from './syntax.ts';
import { patience, type Transport } from './transport.ts';
import { LEAVE_LINES } from './weight-map.ts';

// No service can have this name.
const hopsName = (port: number) => `hops:${port}`;

/**
 * Where calls from other services by name arrive: one frontend per port, because callers use the
 * service's own port. The name they used, which is the Host of the request, distinguishes services
 * with the same port.
 */
export function hopSections(routes: readonly Route[], settings: SideSettings): string[] {
  const called = routes.filter(({ hops }) => hops);
  const ports = [...new Set(called.map(({ port }) => port))];
  return ports.map((port) => {
    const here = called.filter((route) => route.port === port);
    return section(`frontend ${hopsName(port)}`, [
      `bind :${port}`,
      ...patience('client', mostPatient(here)),
      'option forwardfor if-none',
      ...LEAVE_LINES,
      // A whole service has one address, so the address identifies no user here.
      ...sideRules(
        { ...settings, identity: settings.identity.filter(({ from }) => from !== 'source') },
        [...baggageRules(), ...forceRules(settings.forceHeader)],
        [],
      ),
      ...logRequests(),
      ...(here.length > 1 ? [...here.map(calledRule), UNKNOWN_NAME] : []),
      ...here.flatMap(({ service }) => [
        standInRule(service, isCalled(service, here)),
        ...toldRules(service, isCalled(service, here)),
      ]),
      // For the next hop, even if this request did not state a side.
      ...tellSide(settings.forceHeader),
      ...(settings.keepsSamples
        ? [
            ...here.map(({ service }) => offerSample(service, isCalled(service, here))),
            ...KEEP_SAMPLE,
          ]
        : []),
      ...here.flatMap(({ service }) => backendRules(service, isCalled(service, here))),
    ]);
  });
}

/** gRPC calls may be silent for a long time; a long timeout does not harm the other calls here. */
function mostPatient(here: readonly Route[]): Transport | undefined {
  return here.find(({ entry }) => entry?.transport?.protocol === 'http2')?.entry?.transport;
}

/** The condition that this service was called, if several share the port. */
function isCalled(service: string, here: readonly Route[]): string {
  return here.length > 1 ? `{ var(txn.called) -m str -- ${service} } ` : '';
}

const UNKNOWN_NAME =
  'http-request return status 421 content-type text/plain string "No service is called by this name here.\\n" if !{ var(txn.called) -m found }';

function calledRule({ service, hops = [] }: Route): string {
  const names = hops.map((name) => word(name)).join(' ');
  return `http-request set-var(txn.called) str(${service}) if { req.hdr(host),host_only -m str -i -- ${names} }`;
}

function backendRules(service: string, called: string): string[] {
  return [
    `use_backend ${guardedName(service)} if ${called}{ var(txn.side) -m str canary } ${canaryIsUp(service)}`,
    called ? `use_backend ${service} if ${called.trim()}` : `default_backend ${service}`,
  ];
}
