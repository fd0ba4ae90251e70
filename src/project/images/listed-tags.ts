import { isTag } from '../../compose/images/reference.ts';
import type { Context } from '../../context.ts';
import { askAsAnybody } from './registry-http.ts';

/** The tags of an image's repository, as its registry lists them to anybody; none if it does not. */
export async function listedTags(
  context: Pick<Context, 'http' | 'signal'>,
  reference: string,
): Promise<string[]> {
  const answer = await askAsAnybody(context, reference, { part: 'tags/list?n=1000' });
  if (answer?.status !== 200 || answer.isCut) return [];
  return tagsIn(answer.body.toString());
}

function tagsIn(text: string): string[] {
  try {
    const { tags }: { tags?: unknown } = JSON.parse(text);
    return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string' && isTag(tag)) : [];
  } catch {
    return [];
  }
}
