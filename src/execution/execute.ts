import { messageOf } from '../errors.ts';
import { type Run, record } from '../project/run.ts';
import type { Operation, OperationOf, Plan } from '../rollout/operation.ts';
import { backUp } from './operations/backup.ts';
import { startBaseline } from './operations/baseline.ts';
import { armBreaker } from './operations/breaker.ts';
import { build, growCanary, retire, startCanary } from './operations/canary.ts';
import { checkCanary } from './operations/check-canary.ts';
import { linkCallers, restartCallers, unlinkCallers } from './operations/links.ts';
import { migrate } from './operations/migrate.ts';
import { takePorts } from './operations/ports.ts';
import { startProxy, stopProxy } from './operations/proxy.ts';
import { pull } from './operations/pull.ts';
import { awaitReady } from './operations/readiness.ts';
import { rehearseCanary } from './operations/rehearse.ts';
import { reloadProxy } from './operations/reload.ts';
import { returnPorts } from './operations/return-ports.ts';
import {
  moveStableBranch,
  recreateOnCommit,
  refreshStable,
  restoreStable,
  setVariables,
  startStable,
} from './operations/stable.ts';
import { placeStandIns, removeStandIns } from './operations/stand-ins.ts';
import { drain, sendEveryone, setWeight } from './operations/traffic.ts';
import { setUsers } from './operations/users.ts';

/** Carries out a plan, one operation after the other. It decides nothing: every decision is in the plan. */
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

/** The function for each kind of operation; the compiler reports a missing kind. */
const PERFORM: { [Kind in Operation['kind']]: Performer<Kind> } = {
  'start-stable': startStable,
  'take-ports': takePorts,
  'link-callers': linkCallers,
  'unlink-callers': unlinkCallers,
  'restart-callers': restartCallers,
  'start-proxy': startProxy,
  'place-stand-ins': placeStandIns,
  'remove-stand-ins': removeStandIns,
  'reload-proxy': reloadProxy,
  'set-weight': setWeight,
  'send-everyone': sendEveryone,
  'set-users': setUsers,
  drain,
  build,
  pull,
  rehearse: rehearseCanary,
  migrate,
  backup: backUp,
  'start-canary': startCanary,
  'grow-canary': growCanary,
  'start-baseline': startBaseline,
  'arm-breaker': armBreaker,
  'await-ready': awaitReady,
  'check-canary': checkCanary,
  'replace-stable': recreateOnCommit,
  'refresh-stable': refreshStable,
  'restore-stable': restoreStable,
  'advance-branch': moveStableBranch,
  'set-variables': setVariables,
  'retire-canary': retire,
  'stop-proxy': stopProxy,
  'return-ports': returnPorts,
};

type Performer<Kind extends Operation['kind']> = (
  run: Run,
  operation: OperationOf<Kind>,
) => Promise<void>;

function perform<Kind extends Operation['kind']>(
  run: Run,
  operation: OperationOf<Kind> & { kind: Kind },
): Promise<void> {
  return PERFORM[operation.kind](run, operation);
}
