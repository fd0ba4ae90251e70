import { readHtml } from './html.ts';
import { readJson } from './json.ts';
import type { Reading, Unread } from './reading.ts';
import { mergeValues, NOTHING, type ValueShape } from './value.ts';

/** A service's response to one request. */
export interface Answer {
  status: number;
  contentType: string | undefined;
  body: string;
}

/** The structure of responses to one request. Only responses with the same status are compared. */
export interface AnswerShape {
  readonly byStatus: ReadonlyMap<number, BodyShape>;
}

export interface BodyShape {
  /** Without parameters; '' if there was none. */
  readonly mediaTypes: ReadonlySet<string>;
  readonly json: ValueShape;
  readonly html: ValueShape;
  /** The content type is JSON, but the text is not. */
  readonly isInvalid: boolean;
  readonly unread: ReadonlySet<Unread>;
  /** In pages: words shown where a value is missing, such as `undefined`. */
  readonly blanks: ReadonlySet<string>;
}

/**
 * Bodies up to this many bytes are read; for larger ones only status and content type are compared.
 */
export const BODY_LIMIT = 1024 * 1024;

const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/** The structure of one response, without any of its values. */
export function shapeOf(answer: Answer): AnswerShape {
  const mediaType = mediaTypeOf(answer.contentType);
  return { byStatus: new Map([[answer.status, bodyShape(answer, mediaType)]]) };
}

/** The combined shape of both; the operation is commutative, associative and idempotent. */
export function mergeShapes(one: AnswerShape, other: AnswerShape): AnswerShape {
  const byStatus = new Map(one.byStatus);
  for (const [status, body] of other.byStatus) {
    const known = byStatus.get(status);
    byStatus.set(status, known ? mergeBodies(known, body) : body);
  }
  return { byStatus };
}

function mergeBodies(one: BodyShape, other: BodyShape): BodyShape {
  return {
    mediaTypes: new Set([...one.mediaTypes, ...other.mediaTypes]),
    json: mergeValues(one.json, other.json),
    html: mergeValues(one.html, other.html),
    isInvalid: one.isInvalid || other.isInvalid,
    unread: new Set([...one.unread, ...other.unread]),
    blanks: new Set([...one.blanks, ...other.blanks]),
  };
}

function bodyShape({ status, body }: Answer, mediaType: string): BodyShape {
  const type = BODILESS.has(status) ? 'other' : bodyType(mediaType);
  const reading = type === 'other' ? undefined : readBody(body, type);
  const shape = reading?.state === 'read' ? reading.shape : NOTHING;
  return {
    mediaTypes: new Set([mediaType]),
    json: type === 'json' ? shape : NOTHING,
    html: type === 'html' ? shape : NOTHING,
    isInvalid: reading?.state === 'invalid',
    unread: new Set(reading?.state === 'unread' ? [reading.why] : []),
    blanks: new Set(reading?.state === 'read' ? reading.blanks : []),
  };
}

function readBody(body: string, type: 'json' | 'html'): Reading {
  if (Buffer.byteLength(body) > BODY_LIMIT) return { state: 'unread', why: 'large' };
  return type === 'json' ? readJson(body) : readHtml(body);
}

function bodyType(mediaType: string): 'json' | 'html' | 'other' {
  if (mediaType === 'application/json' || mediaType.endsWith('+json')) return 'json';
  return ['text/html', 'application/xhtml+xml'].includes(mediaType) ? 'html' : 'other';
}

/**
 * `application/json` for `Application/JSON; charset=utf-8`. An invalid type becomes '', so it is
 * never printed.
 */
function mediaTypeOf(contentType: string | undefined): string {
  const [type = ''] = (contentType ?? '').split(';');
  const mediaType = type.trim().toLowerCase();
  return /^[a-z0-9!#$&^_.+-]{1,60}\/[a-z0-9!#$&^_.+-]{1,80}$/.test(mediaType) ? mediaType : '';
}
