import type { EngineWay } from '../door/engine-way.ts';
import { engineRefused } from '../failures.ts';
import type { InspectedContainer, InspectedImage } from './observed.ts';

/** A project may have hundreds of containers, and the engine serves others too. */
const AT_ONCE = 16;

/** None of that name; no image can have it; it is a path, which the engine would lead to another of its calls. */
const NO_IMAGE = [404, 400, 301];

/**
 * What is read most, by the API of an engine on this machine: a call takes a few milliseconds, while the command line
 * starts a program for each. Source: Docker Engine API 1.24, which every engine still answers.
 */
export function nearReads({ ask }: EngineWay) {
  /** What the engine tells; `undefined` with one of these statuses. */
  async function read<T>(
    what: string,
    path: string,
    isNothing: readonly number[],
  ): Promise<T | undefined> {
    const { status, body } = await ask('GET', path);
    if (isNothing.includes(status)) return undefined;
    if (status !== 200) throw engineRefused(what, body);
    try {
      return JSON.parse(body);
    } catch {
      throw engineRefused(what, body);
    }
  }

  /** None if it has disappeared since it was listed. */
  const inspected = (id: string) =>
    read<InspectedContainer>('inspect a container', `/containers/${id}/json`, [404]);

  return {
    /** Every container of a compose project. */
    async containers(project: string): Promise<InspectedContainer[]> {
      const filters = JSON.stringify({ label: [`com.docker.compose.project=${project}`] });
      const path = `/containers/json?all=1&filters=${encodeURIComponent(filters)}`;
      const listed = (await read<{ Id: string }[]>('list containers', path, [])) ?? [];
      const found: (InspectedContainer | undefined)[] = [];
      for (let start = 0; start < listed.length; start += AT_ONCE) {
        const some = listed.slice(start, start + AT_ONCE);
        found.push(...(await Promise.all(some.map(({ Id }) => inspected(Id)))));
      }
      return found.filter((each) => each !== undefined);
    },

    /** An image by its name or id; `undefined` when there is none, or no image can have that name. */
    image: (reference: string) =>
      read<InspectedImage>(
        'inspect an image',
        `/images/${encodeURIComponent(reference)}/json`,
        NO_IMAGE,
      ),
  };
}
