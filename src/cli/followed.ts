import type { Context } from '../context.ts';
import { messageOf } from '../errors.ts';
import { appendTo } from '../system/files.ts';
import { canShowLive, type LiveOptions, type LiveOutcome, underLiveView } from './live-view.ts';
import type { Session } from './session.ts';

/**
 * Does work that takes as long as a release: under the live view on a terminal, else with lines. On GitHub, what became
 * of the release is then added to the page of the job.
 */
export async function followed<T>(
  session: Session,
  command: LiveOptions['command'],
  work: (context: Context) => Promise<T>,
): Promise<LiveOutcome<T>> {
  const { context, globals, streams } = session;
  try {
    if (canShowLive(streams, globals)) return await underLiveView(session, { command }, work);
    return { result: await work(context), steered: undefined };
  } finally {
    const page = streams.env.GITHUB_STEP_SUMMARY;
    if (page) await addToPage(context, page);
  }
}

/** The release speaks for itself: a page that cannot be written is no reason to fail. */
async function addToPage(context: Context, page: string): Promise<void> {
  try {
    const { report } = await import('../workflows/report.ts');
    const { reportMarkdown } = await import('../ui/report-view.ts');
    const text = `${reportMarkdown(await report(context, undefined))}\n`;
    await appendTo(page, text);
  } catch (error) {
    const text = `The page of the job has no report of the release: ${messageOf(error)}`;
    context.emit({ type: 'warning', text });
  }
}
