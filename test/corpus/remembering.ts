import { readFile } from 'node:fs/promises';
import type { RunProcess, RunResult } from '../../src/system/process.ts';

/** More answers are a lot of memory, and of stacks that are done. */
const MOST = 200;

/**
 * What Compose makes of files it is asked once: to ask is most of what a stack costs, and every choice of services asks
 * the same of the user's own files. Nothing else of a stack changes while it is tried.
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
