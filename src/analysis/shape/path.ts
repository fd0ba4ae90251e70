import {
  type AnswerPath,
  belowPage,
  PAGE_PARTS,
  type PathPart,
} from '../../config/values/answer-path.ts';
import { printable } from './printable.ts';

/** A path as people read and write it: `$.items[].price`, `main > form > input[name=q]`. */
export function writePath({ body, parts }: AnswerPath): string {
  if (body === 'json') return `$${parts.map(writeJsonPart).join('')}`;
  const [first = '*', ...rest] = belowPage(parts).map(writeHtmlPart);
  const isBare = rest.length === 0 && !PAGE_PARTS.has(first);
  // A single word could also be a key.
  return isBare ? `body > ${first}` : [first, ...rest].join(' > ');
}

/** Whether a place is at or below one of the allowed paths. */
export function isAllowed(place: AnswerPath, allowed: readonly AnswerPath[]): boolean {
  const parts = place.body === 'html' ? belowPage(place.parts) : place.parts;
  return allowed.some(
    (each) =>
      each.body === place.body &&
      each.parts.length <= parts.length &&
      each.parts.every((pattern, index) => fits(pattern, parts[index])),
  );
}

function fits(pattern: PathPart, part: PathPart | undefined): boolean {
  if (!part) return false;
  if (pattern.kind === 'any') return part.kind !== 'elements';
  if (pattern.kind === 'key') return part.kind === 'key' && part.name === pattern.name;
  return part.kind === 'elements';
}

function writeJsonPart(part: PathPart): string {
  if (part.kind === 'elements') return '[]';
  if (part.kind === 'any') return '.*';
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(part.name)) return `.${part.name}`;
  return `[${printable(JSON.stringify(part.name))}]`;
}

function writeHtmlPart(part: PathPart): string {
  return part.kind === 'key' ? part.name : '*';
}
