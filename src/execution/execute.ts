import { messageOf } from '../errors.ts';
import { type Run, record } from '../project/run.ts';
import type { Plan, Step } from '../rollout/operation.ts';
import { backUp } from './operations/backup.ts';
import { startBaseline } from './operations/baseline.ts';
import { armBreaker } from './operations/breaker.ts';
import { build, growCanary, retireCanary, startCanary } from './operations/canary.ts';
import { checkCanary } from './operations/check-canary.ts';
import { linkCallers, restartCallers, unlinkCallers } from './operations/links.ts';
import { migrate } from './operations/migrate.ts';
import { returnPorts, takePorts } from './operations/ports.ts';
import { startProxy, stopProxy } from './operations/proxy.ts';
import { awaitReady } from './operations/readiness.ts';
import { rehearseCanary } from './operations/rehearse.ts';
import { reloadProxy } from './operations/reload.ts';
import {
  moveStableBranch,
  refreshStable,
  replaceStable,
  restoreStable,
  startStable,
} from './operations/stable.ts';
import { drain, sendEveryone, setWeight } from './operations/traffic.ts';
import { setUsers } from './operations/users.ts';

/** Does a plan, one step after the other. It decides nothing: what is wanted stands in the plan. */
export async function execute(run: Run, plan: Plan): Promise<void> {
  for (const step of plan) {
    run.signal.throwIfAborted();
    await record(run, { type: 'step-started', step });
    const began = run.context.clock.now().getTime();
    try {
      await perform(run, step);
    } catch (error) {
      await record(run, { type: 'step-failed', step, message: messageOf(error) });
      throw error;
    }
    await record(run, {
      type: 'step-finished',
      step,
      ms: run.context.clock.now().getTime() - began,
    });
  }
}

function perform(run: Run, step: Step): Promise<void> {
  switch (step.kind) {
    case 'start-stable':
      return startStable(run, step);
    case 'take-ports':
      return takePorts(run, step);
    case 'link-callers':
      return linkCallers(run, step);
    case 'unlink-callers':
      return unlinkCallers(run, step);
    case 'restart-callers':
      return restartCallers(run, step);
    case 'start-proxy':
      return startProxy(run);
    case 'reload-proxy':
      return reloadProxy(run);
    case 'set-weight':
      return setWeight(run, step);
    case 'send-everyone':
      return sendEveryone(run, step);
    case 'set-users':
      return setUsers(run);
    case 'drain':
      return drain(run, step);
    case 'build':
      return build(run, step);
    case 'rehearse':
      return rehearseCanary(run);
    case 'migrate':
      return migrate(run, step);
    case 'backup':
      return backUp(run);
    case 'start-canary':
      return startCanary(run, step);
    case 'grow-canary':
      return growCanary(run, step);
    case 'start-baseline':
      return startBaseline(run, step);
    case 'arm-breaker':
      return armBreaker(run, step);
    case 'await-ready':
      return awaitReady(run, step);
    case 'check-canary':
      return checkCanary(run);
    case 'replace-stable':
      return replaceStable(run, step);
    case 'refresh-stable':
      return refreshStable(run, step);
    case 'restore-stable':
      return restoreStable(run, step);
    case 'advance-branch':
      return moveStableBranch(run, step);
    case 'retire-canary':
      return retireCanary(run, step);
    case 'stop-proxy':
      return stopProxy(run);
    case 'return-ports':
      return returnPorts(run, step);
  }
}
