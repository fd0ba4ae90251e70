import { parseDocument } from 'yaml';
import type { Context } from '../../context.ts';
import { readFile } from '../../system/disk.ts';
import { isTooDeep } from '../../yaml-depth.ts';

/** The names of a project that a shell may complete. */
export interface Names {
  services(): Promise<readonly string[]>;
  branches(): Promise<readonly string[]>;
  remotes(): Promise<readonly string[]>;
  releases(): Promise<readonly string[]>;
}

/**
 * Reads the names from the project's files and its git repository. Asks neither engine nor Compose,
 * and writes nothing.
 */
export function namesOf(context: Context): Names {
  const { git, options } = context;
  const repository = async () => (await git.locate(options.directory)).repository;
  return {
    async services() {
      const { findComposeFiles } = await import('../../project/compose-files.ts');
      const { files } = await findComposeFiles(context);
      const found = files.map(async (file) => {
        const text = await readFile(file, 'utf8');
        if (isTooDeep(text)) return [];
        const stack: unknown = parseDocument(text, { logLevel: 'silent' }).toJS();
        const services = (stack as { services?: object } | null)?.services;
        return typeof services === 'object' && services !== null ? Object.keys(services) : [];
      });
      return (await Promise.all(found)).flat();
    },
    branches: async () => git.localBranches(await repository()),
    remotes: async () => git.remotes(await repository()),
    async releases() {
      const { findState } = await import('../../project/load.ts');
      return (await (await findState(context)).journals.list()).reverse();
    },
  };
}
