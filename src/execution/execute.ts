import { messageOf } from '../errors.ts';
import { type Run, record } from '../project/run.ts';
import type { Operation, Plan } from '../rollout/operation.ts';
import { backUp } from './operations/backup.ts';
import { startBaseline } from './operations/baseline.ts';
import { armBreaker } from './operations/breaker.ts';
import { build, growCanary, retire, startCanary } from './operations/canary.ts';
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
  recreateOnCommit,
  refreshStable,
  restoreStable,
  startStable,
} from './operations/stable.ts';
import { drain, sendEveryone, setWeight } from './operations/traffic.ts';
import { setUsers } from './operations/users.ts';

/** Does a plan, one operation after the other. It decides nothing: what is wanted stands in the plan. */
export async function execute(run: Run, plan: Plan): Promise<void> {
  for (const operation of plan) {
    run.signal.throwIfAborted();
    await record(run, { type: 'operation-started', operation });
    const began = run.context.clock.now().getTime();
    try {
      await perform(run, operation);
    } catch (error) {
      await record(run, { type: 'operation-failed', operation, message: messageOf(error) });
      throw error;
    }
    await record(run, {
      type: 'operation-finished',
      operation,
      ms: run.context.clock.now().getTime() - began,
    });
  }
}

function perform(run: Run, operation: Operation): Promise<void> {
  switch (operation.kind) {
    case 'start-stable':
      return startStable(run, operation);
    case 'take-ports':
      return takePorts(run, operation);
    case 'link-callers':
      return linkCallers(run, operation);
    case 'unlink-callers':
      return unlinkCallers(run, operation);
    case 'restart-callers':
      return restartCallers(run, operation);
    case 'start-proxy':
      return startProxy(run);
    case 'reload-proxy':
      return reloadProxy(run);
    case 'set-weight':
      return setWeight(run, operation);
    case 'send-everyone':
      return sendEveryone(run, operation);
    case 'set-users':
      return setUsers(run);
    case 'drain':
      return drain(run, operation);
    case 'build':
      return build(run, operation);
    case 'rehearse':
      return rehearseCanary(run);
    case 'migrate':
      return migrate(run, operation);
    case 'backup':
      return backUp(run);
    case 'start-canary':
      return startCanary(run, operation);
    case 'grow-canary':
      return growCanary(run, operation);
    case 'start-baseline':
      return startBaseline(run, operation);
    case 'arm-breaker':
      return armBreaker(run, operation);
    case 'await-ready':
      return awaitReady(run, operation);
    case 'check-canary':
      return checkCanary(run);
    case 'replace-stable':
      return recreateOnCommit(run, operation);
    case 'refresh-stable':
      return refreshStable(run, operation);
    case 'restore-stable':
      return restoreStable(run, operation);
    case 'advance-branch':
      return moveStableBranch(run, operation);
    case 'retire-canary':
      return retire(run, operation);
    case 'stop-proxy':
      return stopProxy(run);
    case 'return-ports':
      return returnPorts(run, operation);
  }
}
