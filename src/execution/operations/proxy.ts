import { handOverNetwork, PROXY_SERVICE } from '../../compose/model/names.ts';
import { CanaryError } from '../../errors.ts';
import { callOptions, type Run } from '../../project/run.ts';
import { until } from '../../project/until.ts';
import { containersOf, isCutOff } from '../../rollout/observed.ts';
import { observe } from '../observe.ts';
import { overriddenScope } from '../override-file.ts';
import { placeConfiguration } from './proxy-file.ts';
import { isRouted, leaveRouters, letRouters } from './routers.ts';

export async function startProxy(run: Run): Promise<void> {
  const scope = await overriddenScope(run);
  await placeConfiguration(run, scope);
  const observed = await observe(run);
  const { proxy } = observed;
  // What a hand-over that was killed left knows its networks no more. A proxy that cannot be controlled, for instance
  // because its folder was removed, must be recreated. And routers that leave it for the stable first lose no request.
  const isMadeAnew = isRouted(run) && proxy.definition !== run.project.proxy.definition;
  if (proxy.state === 'unreachable' || isCutOff(observed) || isMadeAnew) await stopProxy(run);
  await letRouters(run);
  await run.context.compose.up(scope, [PROXY_SERVICE], { ...callOptions(run), pulls: true });
  await awaitProxy(run);
}

export async function stopProxy(run: Run): Promise<void> {
  await leaveRouters(run);
  const proxies = containersOf(await observe(run), 'proxy');
  const { engine } = run.context;
  await Promise.all(proxies.map((each) => engine.removeContainer(each.id)));
  // What a hand-over that was killed left.
  await engine.removeNetwork(handOverNetwork(run.project.name));
}

/** Waits until HAProxy answers and runs the wanted configuration; throws `start-failed` when it stops. */
export async function awaitProxy(run: Run): Promise<void> {
  await until(run, 'The proxy does not answer.', async () => {
    const observed = await observe(run);
    const [proxy] = containersOf(observed, 'proxy');
    const inForce = observed.proxy.configuration;
    if (proxy && proxy.state !== 'running' && proxy.state !== 'created') {
      throw new CanaryError('start-failed', `The proxy is ${proxy.state}.`, {
        details: await run.context.engine.logs(proxy.id, 8),
        hint: 'Its message is above.',
      });
    }
    if (isRouted(run) && proxy?.health !== 'healthy') return false;
    return proxy?.state === 'running' && inForce === run.project.proxy.digest;
  });
}
