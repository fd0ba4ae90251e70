import {
  aliveName,
  MOST_REPLICAS,
  PATIENT_SERVER,
  type Route,
  STABLE_REPLICA,
  transportOf,
  withoutStableName,
} from './route.ts';
import { wireOptions } from './transport.ts';

/*
 * A container whose queue of connections is full looks the same as one that is gone: it is silent.
 * HAProxy takes both out, but on a busy machine the last one of a service must not go: without a
 * proxy, users would wait for it. So the last one is used whatever its checks say, for as long as
 * Docker's DNS knows it, and a failed connection is tried again.
 */

/** The condition that no container of the stable passes its checks. */
export const noStable = (service: string) => `{ nbsrv(${aliveName(service)}) eq 0 }`;

/** The condition that the canary has a container, whatever its checks say. */
export const hasCanary = (service: string) => `{ nbsrv(${withoutStableName(service)}) gt 0 }`;

/**
 * Counts the stable's servers that pass their checks: in their own backend, `nbsrv` would count the
 * patient one. Nobody is sent here.
 */
export function aliveServers({ service }: Route): string[] {
  const names = Array.from({ length: MOST_REPLICAS }, (_, index) => STABLE_REPLICA + (index + 1));
  return names.map((name) => `server ${name} 127.0.0.1:1 no-check track ${service}/${name}`);
}

/** The stable's container when all of its servers are out. */
export function patientServer(route: Route): string {
  // Another server has the same address.
  const options = `backup no-check resolve-opts allow-dup-ip${wireOptions(transportOf(route))}`;
  return `server ${PATIENT_SERVER} ${route.service}:${route.port} ${options}`;
}
