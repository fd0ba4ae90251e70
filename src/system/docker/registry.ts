import { CanaryError } from '../../errors.ts';
import type { Clock } from '../clock.ts';
import type { RunProcess, RunResult } from '../process.ts';
import { engineUnreachable, isUnreachable } from './failures.ts';
import { type Pulled, PullProgress } from './pull-progress.ts';
import { passesByItself, registryProblem } from './registry-problem.ts';

interface PullOptions {
  signal?: AbortSignal | undefined;
  /** What the images are called in messages; their references when left out. */
  called?: string | undefined;
  /** Called each time it is further. */
  onProgress?: ((pulled: Pulled) => void) | undefined;
}

/** A registry that is being restarted is back after some seconds. */
const PAUSES_MS = [1000, 3000, 9000];

/** A pull that took as long has been tried again by the engine itself, layer by layer. */
const LONG_MS = 30_000;

/**
 * Images in registries, asked for by the engine: with Docker's own credentials, contexts and certificates, none of
 * which canary reads. Compose hands them on (`config --resolve-image-digests`, `pull`).
 */
export function registryCalls(run: RunProcess, clock: Clock) {
  async function compose(
    words: readonly string[],
    references: readonly string[],
    options: PullOptions & { onLine?: (line: string) => void } = {},
  ): Promise<RunResult> {
    const services = Object.fromEntries(
      references.map((image, index) => [
        `image-${index}`,
        { image: image.replaceAll('$', '$$$$') },
      ]),
    );
    const { signal, onLine } = options;
    const flags = ['--progress', 'json', '--project-name', 'canary-images', '--file', '-'];
    // No folder's `.env` has a say.
    const nowhere = ['--project-directory', '/', '--env-file', '/dev/null'];
    return run('docker', ['compose', ...flags, ...nowhere, ...words], {
      input: JSON.stringify({ services }),
      signal,
      onLine,
    });
  }

  /** Tries again what passes by itself; throws what a registry says in canary's words. */
  async function asking(
    reference: string,
    signal: AbortSignal | undefined,
    ask: () => Promise<RunResult>,
  ): Promise<RunResult> {
    for (const pause of [...PAUSES_MS, undefined]) {
      const began = clock.now().getTime();
      const result = await ask();
      const wasLong = clock.now().getTime() - began > LONG_MS;
      if (result.exitCode === 0) return result;
      if (isUnreachable(result.stderr)) throw engineUnreachable(result.stderr);
      if (pause === undefined || wasLong || !passesByItself(result.stderr))
        throw registryProblem(reference, result.stderr);
      await clock.sleep(pause, signal);
    }
    throw new CanaryError('internal', 'A registry was asked without an answer.');
  }

  return {
    /**
     * The digest that a registry has for the name of an image now. Nothing is pulled. Throws `image-unknown`,
     * `registry-refused` or `registry-unreachable`.
     */
    async digestOf(reference: string, signal?: AbortSignal): Promise<string> {
      const words = ['config', '--resolve-image-digests', '--format', 'json'];
      const { stdout } = await asking(reference, signal, () =>
        compose(words, [reference], { signal }),
      );
      const resolved: { services: Record<string, { image?: string }> } = JSON.parse(stdout);
      const digest = resolved.services['image-0']?.image?.split('@')[1];
      if (digest) return digest;
      throw new CanaryError('image-unknown', `The registry has no digest for \`${reference}\`.`);
    },

    /** Pulls images, all at once; by digest, so that no tag of this engine moves. */
    async pull(
      references: readonly string[],
      { signal, onProgress, called = references.join(', ') }: PullOptions = {},
    ): Promise<void> {
      const progress = new PullProgress(() => clock.now().getTime());
      const onLine = (line: string) => {
        const pulled = progress.read(line);
        if (pulled) onProgress?.(pulled);
      };
      await asking(called, signal, () => compose(['pull'], references, { signal, onLine }));
    },
  };
}
