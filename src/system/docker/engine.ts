import type { ImageSettings } from '../../compose/images/settings.ts';
import { LABEL } from '../../compose/model/names.ts';
import { CanaryError } from '../../errors.ts';
import type { ObservedContainer } from '../../rollout/observed.ts';
import { type RunOptions, type RunProcess, type RunResult, tail } from '../process.ts';
import { engineApi } from './api.ts';
import type { EngineWay } from './door/engine-way.ts';
import { engineUnreachable, isUnreachable, noSpace } from './failures.ts';
import { nearReads } from './reads/near.ts';
import { type InspectedContainer, type InspectedImage, observed } from './reads/observed.ts';

/**
 * The Docker Engine, through its own command line, so that contexts and remote engines work as usual. `way`: to its
 * API, for what must not take the time that a program takes, and for what is read most on an engine of this machine.
 */
export function dockerEngine(run: RunProcess, way: EngineWay) {
  const api = engineApi(way);
  const near = nearReads(way);

  async function docker(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const { exitCode, stdout, stderr } = await run('docker', args, options);
    if (exitCode === 0) return stdout;
    if (isUnreachable(stderr)) throw engineUnreachable(stderr);
    throw failed(args.slice(0, 2).join(' '), stderr);
  }

  async function listed(args: readonly string[], filters: readonly string[]): Promise<string[]> {
    return lines(await docker([...args, '--quiet', ...filtered(filters)]));
  }

  /** By the command line, for an engine elsewhere. Not through docker(): one may disappear between the two calls. */
  async function inspected(project: string): Promise<InspectedContainer[]> {
    const ids = await listed(['ps', '--all', '--no-trunc'], [projectLabel(project)]);
    if (ids.length === 0) return [];
    return inspectedBy(await run('docker', ['container', 'inspect', '--', ...ids]));
  }

  async function inspectedImage(reference: string): Promise<InspectedImage | undefined> {
    if (await way.isNear()) return near.image(reference);
    const result = await run('docker', ['image', 'inspect', '--', reference]);
    if (isUnreachable(result.stderr)) throw engineUnreachable(result.stderr);
    return result.exitCode === 0 ? JSON.parse(result.stdout)[0] : undefined;
  }

  /** Removes a container at once, with its anonymous volumes. */
  async function destroyContainer(id: string): Promise<void> {
    await docker(['container', 'rm', '--force', '--volumes', '--', id]);
  }

  return {
    ...api,
    destroyContainer,

    /** The server's version; throws `engine-unreachable`. */
    async version(): Promise<string> {
      const result = await run('docker', ['version', '--format', '{{.Server.Version}}']);
      if (result.exitCode === 0) return result.stdout.trim();
      throw engineUnreachable(result.stderr);
    },

    /** Every container of a compose project, except one-off runs. */
    async containers(project: string): Promise<ObservedContainer[]> {
      const isNear = await way.isNear();
      return observed(await (isNear ? near.containers(project) : inspected(project)));
    },

    /** The variables of a container, and those that its image sets. They may be secrets. */
    async environment(id: string): Promise<{ container: Variables; image: Variables }> {
      const ask = async (kind: 'container' | 'image', name: string) => {
        return inspectedBy(await run('docker', [kind, 'inspect', '--', name]))[0];
      };
      const container = await ask('container', id);
      const image = container && (await ask('image', container.Image));
      return { container: variables(container), image: variables(image) };
    },

    /** The id of an image, or `undefined` when there is none of that name. */
    async imageId(reference: string): Promise<string | undefined> {
      return (await inspectedImage(reference))?.Id;
    },

    /** An image by its name or id, or `undefined`; one that no registry had has no digests. */
    async image(reference: string): Promise<KnownImage | undefined> {
      const found = await inspectedImage(reference);
      if (!found) return undefined;
      const { Os, Architecture, Variant } = found;
      const platform = [Os, Architecture, Variant].filter(Boolean).join('/');
      // With containerd's store, an image that was pulled by digest has that name among its tags, too.
      const tags = (found.RepoTags ?? []).filter((name) => !name.includes('@'));
      return {
        ...{ id: found.Id, tags, digests: found.RepoDigests ?? [] },
        settings: { ...found.Config, platform },
      };
    },

    /** Gives an image a name; one with a digest in it belongs to its image by itself. */
    async tagImage(source: string, target: string): Promise<void> {
      if (target.includes('@')) return;
      await docker(['image', 'tag', '--', source, target]);
    },

    /** Removes an image name; one that does not exist, or is in use, is left. */
    async untagImage(reference: string): Promise<void> {
      await run('docker', ['image', 'rm', '--no-prune', '--', reference]);
    },

    /** Every tagged name of a repository, such as `shop-web:canary-1a2b3c4d5e6f`. */
    async imageNames(repository: string): Promise<string[]> {
      const format = '{{.Repository}}:{{.Tag}}';
      const names = await docker(['image', 'ls', '--format', format, '--', repository]);
      return lines(names).filter((name) => !name.endsWith(':<none>'));
    },

    /** Stops, then removes a container. */
    async removeContainer(id: string): Promise<void> {
      await api.stopContainer(id);
      await docker(['container', 'rm', '--force', '--', id]);
    },

    /** Waits until a container has ended and returns its exit code; `undefined` when there is none of that name. */
    async exitCode(name: string, signal: AbortSignal): Promise<number | undefined> {
      const format = ['--format', '{{.State.Status}}'];
      const found = await run('docker', ['container', 'inspect', ...format, '--', name]);
      if (found.exitCode !== 0) return undefined;
      // It was never started: waiting for it would end at once, with success.
      if (found.stdout.trim() === 'created') {
        await destroyContainer(name);
        return undefined;
      }
      return Number(await docker(['container', 'wait', '--', name], { signal }));
    },

    /** Removes the clones' own volumes of a project that no container uses any more. */
    async removeOwnVolumes(project: string): Promise<void> {
      const filters = [projectLabel(project), `label=${LABEL.role}=canary`, 'dangling=true'];
      const names = await listed(['volume', 'ls'], filters);
      if (names.length > 0) await docker(['volume', 'rm', '--', ...names]);
    },

    /**
     * Removes everything of canary's in a throw-away compose project: containers, networks, volumes. Safe to repeat.
     * Throws `command-failed` if something stays.
     */
    async dispose(project: string): Promise<void> {
      const ours = filtered([projectLabel(project), `label=${LABEL.role}`]);
      const list = async (words: readonly string[]) => {
        const { stdout, stderr, exitCode } = await run('docker', [...words, '--quiet', ...ours]);
        if (exitCode !== 0) throw notRemoved(project, stderr);
        return lines(stdout);
      };
      const remove = async (words: readonly string[], rm: readonly string[]) => {
        const ids = await list(words);
        if (ids.length === 0) return;
        const { stderr } = await run('docker', [...rm, '--', ...ids]);
        // Some may have disappeared by themselves meanwhile.
        if ((await list(words)).length > 0) throw notRemoved(project, stderr);
      };
      await remove(['ps', '--all'], ['rm', '--force', '--volumes']);
      await remove(['network', 'ls'], ['network', 'rm']);
      await remove(['volume', 'ls'], ['volume', 'rm']);
    },

    /** Runs a command in a running container, whatever its exit code. */
    exec(id: string, command: readonly string[]): Promise<RunResult> {
      return run('docker', ['exec', '--', id, ...command]);
    },

    /** The last lines a container wrote. */
    async logs(id: string, lines: number): Promise<string[]> {
      const { stdout, stderr } = await run('docker', ['logs', '--tail', String(lines), '--', id]);
      return tail(`${stdout}\n${stderr}`, lines);
    },
  };
}

function projectLabel(project: string): string {
  return `label=com.docker.compose.project=${project}`;
}

function filtered(filters: readonly string[]): string[] {
  return filters.flatMap((filter) => ['--filter', filter]);
}

function lines(text: string): string[] {
  return text.split('\n').filter(Boolean);
}

function notRemoved(project: string, stderr: string): CanaryError {
  return new CanaryError(
    'command-failed',
    `Could not remove what the project \`${project}\` left.`,
    {
      details: tail(stderr, 3),
      hint: 'It holds a copy of the database. The next `canary rehearse` or `canary deploy` tries again.',
    },
  );
}

function failed(command: string, stderr: string): CanaryError {
  const full = noSpace(`\`docker ${command}\``, stderr);
  if (full) return full;
  return new CanaryError('command-failed', `\`docker ${command}\` failed.`, {
    details: tail(stderr),
  });
}

/** What `docker inspect` found; an engine that has gone meanwhile is not one without containers. */
function inspectedBy({ stdout, stderr }: RunResult): InspectedContainer[] {
  if (isUnreachable(stderr)) throw engineUnreachable(stderr);
  try {
    return JSON.parse(stdout);
  } catch {
    // A program that was ended prints half of it.
    throw failed('container inspect', stderr);
  }
}

/** An image of this engine: its names by tag and by digest, and what containers take from it. */
interface KnownImage {
  id: string;
  tags: string[];
  digests: string[];
  settings: ImageSettings;
}

type Variables = Readonly<Record<string, string>>;

function variables(inspected: InspectedContainer | undefined): Variables {
  const pairs = (inspected?.Config.Env ?? []).flatMap((each) => {
    const at = each.indexOf('=');
    // A name alone: Compose was told to pass on a variable that was not set. The process does not see it.
    return at < 0 ? [] : [[each.slice(0, at), each.slice(at + 1)] as const];
  });
  return Object.fromEntries(pairs);
}
