import { ROUTERS, type Router } from '../config/doors.ts';
import type { ConfigurationFiles } from './configuration-file.ts';
import { foundByLabels } from './edge.ts';
import { portSaid } from './find-edges.ts';
import { labelDoor } from './label-door.ts';
import { type ComposeModel, listeningPort } from './model.ts';

interface RoutedChoice {
  labels: Router;
  /** Where it listens, where neither its labels nor its definition says so. */
  port: number | undefined;
  listens: number;
  because: string;
}

/** The router that finds a service by its labels or environment, in this project or elsewhere; throws where the proxy cannot come between. */
export function routedChoice(
  model: ComposeModel,
  files: ConfigurationFiles,
  name: string,
): RoutedChoice | undefined {
  const service = model.services[name] ?? {};
  const because = foundByLabels(service);
  const labels = ROUTERS.find((each) => because?.includes(SIGNS[each]));
  if (!because || !labels) return undefined;
  const told = labelDoor(name, { labels }, model)?.router?.port ?? listeningPort(service);
  const port = told === undefined ? portSaid(files, [], name) : undefined;
  return { labels, port, listens: told ?? port ?? 8080, because };
}

const SIGNS: Readonly<Record<Router, string>> = {
  traefik: '`traefik.',
  'nginx-proxy': '`VIRTUAL_HOST`',
};
