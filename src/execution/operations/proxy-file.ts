import { PROXY_SERVICE } from '../../compose/model/names.ts';
import { CanaryError } from '../../errors.ts';
import type { Run } from '../../project/run.ts';
import { rename, rm } from '../../system/disk.ts';
import type { ComposeScope } from '../../system/docker/compose.ts';
import { writeDurably } from '../../system/files.ts';
import { type RunResult, tail } from '../../system/process.ts';
import { ensureMaps } from '../split.ts';

const CHECK = ['haproxy', '-c', '-f', '/run/canary/haproxy.cfg.new'];

/** Puts the configuration where the proxy's container will find it, once HAProxy has checked it in its own image. */
export async function placeConfiguration(run: Run, scope: ComposeScope): Promise<void> {
  const { layout } = run.project;
  await withCandidate(
    run,
    () => run.context.compose.runOnce(scope, PROXY_SERVICE, CHECK),
    () => rename(layout.candidate, layout.configuration),
  );
}

/**
 * Writes the configuration beside the one in force, lets HAProxy check it, and continues only if it is valid;
 * otherwise throws `start-failed` and changes nothing.
 */
export async function withCandidate(
  run: Run,
  check: () => Promise<RunResult>,
  accept: () => Promise<void>,
): Promise<void> {
  const { layout, proxy } = run.project;
  await ensureMaps(layout);
  try {
    await writeDurably(layout.candidate, proxy.configuration);
    refuseUnlessValid(await check());
    await accept();
  } finally {
    await rm(layout.candidate, { force: true });
  }
}

/** Lets HAProxy check the candidate inside the running container. */
export function checkInside(run: Run, container: string): Promise<RunResult> {
  return run.context.engine.exec(container, CHECK);
}

function refuseUnlessValid(result: RunResult): void {
  if (result.exitCode === 0) return;
  if (!/haproxy version|\[ALERT\]/i.test(result.stderr)) {
    throw new CanaryError(
      'start-failed',
      'The proxy has no image to start from; nothing was changed.',
      {
        details: tail(result.stderr),
        hint: 'Make `haproxy:3.0` reachable, or name another HAProxy image: `proxy.image` in canary.yaml, or CANARY_PROXY_IMAGE.',
      },
    );
  }
  throw refused(tail(result.stderr));
}

/** The error for a configuration that HAProxy rejects, with HAProxy's own messages. */
export function refused(words: readonly string[]): CanaryError {
  const isRegex = words.some((line) => /regex|regular expression/i.test(line));
  return new CanaryError(
    'start-failed',
    'HAProxy rejects its configuration; nothing was changed.',
    {
      details: words,
      hint: isRegex
        ? 'Correct the `regex` in canary.yaml that HAProxy names above.'
        : 'This is a bug in canary, or HAProxy is older than 3.0. Its message is above.',
    },
  );
}
