import { join } from 'node:path';
import { readFile } from '../../system/disk.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** The script that makes a shell ask `canary __complete`. */
export function completionScript(
  templates: string,
  shell: (typeof SHELLS)[number],
): Promise<string> {
  return readFile(join(templates, 'completion', `canary.${shell}`), 'utf8');
}
