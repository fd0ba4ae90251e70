import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { type FileDefinitions, readDefinitions } from '../../compose/definitions.ts';

interface DefiningFile extends FileDefinitions {
  file: string;
}

/** What each of these compose files says itself. */
export function definitionsIn(files: readonly string[]): Promise<DefiningFile[]> {
  return Promise.all(
    files.map(async (file) => ({ file, ...readDefinitions(await readFile(file, 'utf8')) })),
  );
}

/** Those that define a service, in the order Compose merges them. */
export function filesDefining(definitions: readonly DefiningFile[], service: string): string[] {
  return definitions.filter((each) => each.services.has(service)).map((each) => each.file);
}

/** Files as `extends` names them: from the project's own folder. */
export function namedFrom(directory: string, files: readonly string[]): string[] {
  return files.map((file) => relative(directory, file));
}
