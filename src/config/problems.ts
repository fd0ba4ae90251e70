import type { CanaryConfig } from './schema.ts';
import { checksOf } from './sections/analysis.ts';
import { problemsOfChecks } from './sections/checks.ts';
import { problemsOfMetrics } from './sections/metrics.ts';
import { handsBytesOn, type ServiceConfig } from './sections/service.ts';
import type { Problem } from './values/values.ts';

type Services = CanaryConfig['services'];

/** A problem of one service, with the setting that has it. */
interface ServiceProblem {
  key: keyof ServiceConfig;
  text: string;
}

/** Rules about more than one field. */
export function problemsOf(config: CanaryConfig): Problem[] {
  const { services, analysis, steps, strategy, database } = config;
  const problems = [
    ...ingressProblems(services),
    ...(analysis ? problemsOfMetrics(analysis, services) : []),
  ];
  if (steps.length > 0 && strategy.kind !== 'canary') {
    const text = `need \`strategy: canary\`; this is ${strategy.kind}`;
    problems.push({ path: ['steps'], text });
  }
  if (database.backup === 'before' && database.rehearse === 'off') {
    const text = 'needs the rehearsal, which finds the tables that change; `rehearse` is off';
    problems.push({ path: ['database', 'backup'], text });
  }
  problems.push(...problemsOfChecks(checksOf(config), services), ...portProblems(config));
  return problems;
}

function ingressProblems(services: Services): Problem[] {
  const all = Object.entries(services);
  const isReached = all.some(([, { entry, behind, labels }]) => entry || behind || labels);
  const own = all.flatMap(([name, service]) =>
    problemsOfIngress(name, service, services).map(({ key, text }) => ({
      path: ['services', name, key],
      text,
    })),
  );
  if (isReached) return own;
  const text =
    'no service has an `entry`, is `behind` a proxy or found by `labels`, so no user could reach the canary';
  return [{ path: ['services'], text }, ...own];
}

/** Conflicts between the ways into a service. */
function problemsOfIngress(
  name: string,
  service: ServiceConfig,
  services: Services,
): ServiceProblem[] {
  const { entry, preview, mesh, behind, labels } = service;
  const problems: ServiceProblem[] = [];
  if (preview && !entry && !behind && !labels) {
    const text = 'a preview port needs an `entry`, `behind` or `labels`';
    problems.push({ key: 'preview', text });
  }
  for (const key of ['shield', 'breaker', 'reuse'] as const) {
    if (service[key] === undefined || entry || behind || mesh || labels) continue;
    const text =
      'needs an `entry`, `behind`, `labels` or `mesh`: other requests do not pass the proxy';
    problems.push({ key, text });
  }
  for (const [key, others] of [
    ['behind', { entry, mesh }],
    ['labels', { entry, behind, mesh }],
  ] as const) {
    const other = Object.entries(others).find(([, value]) => value)?.[0];
    if (service[key] && other)
      problems.push({ key, text: `cannot stand beside \`${other}\`: choose one of them` });
  }
  for (const edge of behind ?? []) {
    if (edge === name || services[edge])
      problems.push({ key: 'behind', text: `\`${edge}\` is a chosen service itself` });
  }
  return problems;
}

/** Settings of a service that cannot work together. */
function protocolProblems(service: ServiceConfig): ServiceProblem[] {
  const { protocol = 'http', mesh } = service;
  const problems: ServiceProblem[] = [];
  if (!service.entry) {
    const isCalled = Boolean(mesh || service.behind || service.labels);
    for (const key of ['protocol', 'tls', 'sni', 'proxyProtocol'] as const) {
      // Callers by name use HTTP to the proxy; the service may use either version of HTTP.
      const isOpen = key === 'protocol' && isCalled && protocol.startsWith('http');
      if (service[key] !== undefined && !isOpen)
        problems.push({
          key,
          text: 'needs an `entry`: only there users connect to the proxy itself',
        });
    }
    return problems;
  }
  if (mesh && (service.tls?.reencrypt || service.proxyProtocol?.send))
    problems.push({
      key: 'mesh',
      text: 'needs plain HTTP: callers speak TLS or the PROXY protocol to this service, and the ingress for them does not',
    });
  if (mesh && handsBytesOn(service))
    problems.push({ key: 'mesh', text: `needs HTTP: \`protocol: ${protocol}\` has no names` });
  if (service.sni !== undefined && protocol !== 'tls')
    problems.push({ key: 'sni', text: 'needs `protocol: tls`: elsewhere no name is read' });
  if (!handsBytesOn(service)) return problems;
  if (service.tls !== undefined)
    problems.push({
      key: 'tls',
      text: `ends TLS at the proxy, which \`protocol: ${protocol}\` hands on as it is; leave one of them out`,
    });
  for (const [key, why] of [
    ['shield', 'a byte stream cannot be repeated'],
    ['breaker', 'a byte stream has no answers that fail'],
    ['reuse', 'a byte stream has no requests'],
  ] as const)
    if (service[key]) problems.push({ key, text: `needs \`protocol: http\` or http2: ${why}` });
  return problems;
}

/** Host ports that are used twice, and protocol problems of the services. */
function portProblems({ services, proxy: { metrics } }: CanaryConfig): Problem[] {
  const problems: Problem[] = [];
  const taken = new Map<number, string>();
  const take = (port: number | undefined, path: readonly string[]) => {
    const owner = port && taken.get(port);
    if (owner) problems.push({ path, text: `port ${port} is also ${owner}` });
    if (port) taken.set(port, path.join('.'));
  };
  for (const [name, service] of Object.entries(services)) {
    for (const { key, text } of protocolProblems(service))
      problems.push({ path: ['services', name, key], text });
    for (const key of ['entry', 'preview'] as const) take(service[key], ['services', name, key]);
  }
  take(metrics, ['proxy', 'metrics']);
  return problems;
}
