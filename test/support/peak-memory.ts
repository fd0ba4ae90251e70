import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Runs a Node script and returns its peak memory in megabytes, without that of its child processes. */
export async function peakMemory(cwd: string, argv: readonly string[]): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'canary-peak-'));
  try {
    const file = join(folder, 'peak');
    const note = `import { writeFileSync } from 'node:fs';
      process.on('exit', () => writeFileSync(${JSON.stringify(file)}, String(process.resourceUsage().maxRSS)));`;
    const hook = `data:text/javascript,${encodeURIComponent(note)}`;
    await execute(process.execPath, ['--import', hook, ...argv], { cwd, maxBuffer: 1e9 });
    return Number(await readFile(file, 'utf8')) / 1024;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
