import { type Document, isScalar, parseAllDocuments, type Scalar } from 'yaml';
import { isTooDeep } from '../../yaml-depth.ts';

/**
 * The text of a compose file in which a service has another image, all else byte for byte. `undefined` if the file does
 * not give the service its image in clear: not at all, by a variable, or by an anchor that others share.
 */
export function setImage(text: string, service: string, image: string): string | undefined {
  const written = imageIn(text, service);
  const [from, to] = written?.range ?? [];
  if (typeof written?.value !== 'string' || from === undefined || to === undefined)
    return undefined;
  if (written.value.includes('$')) return undefined;
  const quote = QUOTES[written.type ?? ''];
  if (quote === undefined) return undefined;
  const changed = text.slice(0, from) + quote + image + quote + text.slice(to);
  return imageIn(changed, service)?.value === image ? changed : undefined;
}

/** Whether a compose file itself gives a service an image, in whatever way it is written. */
export function namesImage(text: string, service: string): boolean {
  return read(text)?.hasIn(['services', service, 'image']) ?? false;
}

/** How a text is written on one line; a name of an image needs no quotes of its own. */
const QUOTES: Readonly<Record<string, string>> = {
  PLAIN: '',
  QUOTE_DOUBLE: '"',
  QUOTE_SINGLE: "'",
};

function imageIn(text: string, service: string): Scalar | undefined {
  const document = read(text);
  if (!document || document.errors.length > 0) return undefined;
  const found = document.getIn(['services', service, 'image'], true);
  return isScalar(found) && found.anchor === undefined ? found : undefined;
}

/** Of several documents in one file, Compose merges one into the other. */
function read(text: string): Document | undefined {
  if (isTooDeep(text)) return undefined;
  const documents: readonly Document[] = [...parseAllDocuments(text, { logLevel: 'silent' })];
  return documents.length === 1 ? documents[0] : undefined;
}
