import { readFile } from 'node:fs/promises';
import type { RunProcess, RunResult } from '../../src/system/process.ts';

/** More answers would take much memory, for stacks that are done. */
const MOST = 200;

/**
 * Asks Compose about the same files only once. These calls take most of the time of a stack, and every choice of
 * services asks the same about the user's own files. Nothing else of a stack changes meanwhile.
 */
export function remembering(run: RunProcess): RunProcess {
  return async (command, args, options = {}) => {
    const isQuestion = args.includes('config') || args.includes('version');
    if (command !== 'docker' || args[0] !== 'compose' || !isQuestion)
      return run(command, args, options);
    const files = args.filter((_, index) => args[index - 1] === '--file' && args[index] !== '-');
    const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
    const question = JSON.stringify([args, options.cwd, options.input, texts]);
    const answer = answers.get(question) ?? run(command, args, options);
    if (answers.size >= MOST) answers.clear();
    answers.set(question, answer);
    return answer;
  };
}

const answers = new Map<string, Promise<RunResult>>();
