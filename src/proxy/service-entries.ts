import { baggageRules, tellSide, toldRules } from './baggage.ts';
import { logRequests } from './request-log.ts';
import { guardedName, type Route } from './route.ts';
import { KEEP_SAMPLE, offerSample } from './samples.ts';
import { canaryIsUp, forceRules, type SideSettings, sideRules, standInRule } from './side.ts';
import { section, word } from './syntax.ts';
import { patience, type Transport } from './transport.ts';

// No service can be called like this.
const hopsName = (port: number) => `hops:${port}`;

/**
 * Where other services come in when they call a service by name: one place a port, as they use the service's own. The
 * name they used, which is the Host of the request, tells services with the same port apart.
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
      // A whole service has one address: that is nobody's identity here.
      ...sideRules(
        { ...settings, identity: settings.identity.filter(({ from }) => from !== 'source') },
        [...baggageRules(), ...forceRules(settings.forceHeader)],
      ),
      ...logRequests([]),
      ...(here.length > 1 ? [...here.map(calledRule), UNKNOWN_NAME] : []),
      ...here.flatMap(({ service }) => [
        standInRule(service, isCalled(service, here)),
        ...toldRules(service, isCalled(service, here)),
      ]),
      // For the next hop, also where nobody told this one.
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

/** Calls of gRPC may be silent for long; the others here do not mind. */
function mostPatient(here: readonly Route[]): Transport | undefined {
  return here.find(({ entry }) => entry?.transport?.protocol === 'http2')?.entry?.transport;
}

/** The condition that a service is the one that was called, where there are several. */
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
