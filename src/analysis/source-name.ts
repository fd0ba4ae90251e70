import { printable } from './shape/printable.ts';

/** A program that is run or a server that is called, as far as its name matters. */
type Errand = { run: readonly string[] } | { post: string } | { get: string };

/** The name of an errand in messages: without arguments, path and user, which may be secrets. */
export function errandName(errand: Errand): string {
  if ('run' in errand) return printable(errand.run[0] ?? '');
  return 'post' in errand ? `POST ${hostOf(errand.post)}` : `GET ${hostOf(errand.get)}`;
}

function hostOf(url: string): string {
  const [, host = ''] = /^(?:https?:\/\/)?(?:[^/?#]*@)?([^/?#]*)/.exec(url) ?? [];
  return printable(host);
}
