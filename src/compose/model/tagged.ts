import { Document, type Node, Scalar } from 'yaml';
import type { Fields } from './fields.ts';

class Tagged {
  readonly tag: string;
  readonly value: unknown;
  constructor(tag: string, value: unknown) {
    this.tag = tag;
    this.value = value;
  }
}

/** Removes a value that Compose would merge or extend. */
export const reset = (empty: null | []) => new Tagged('!reset', empty);
/** Replaces a value that Compose would merge or extend. */
export const replace = (value: unknown) => new Tagged('!override', value);

/** A YAML document with Compose's own tags. */
export function stringify(value: Fields): string {
  const document = new Document();
  document.contents = toNode(document, value) as typeof document.contents;
  return document.toString({ lineWidth: 0 });
}

function toNode(document: Document, value: unknown): Node {
  if (value instanceof Tagged) {
    const node = value.value === null ? new Scalar(null) : toNode(document, value.value);
    node.tag = value.tag;
    return node;
  }
  if (typeof value !== 'object' || value === null) return document.createNode(value);
  const node = document.createNode(Array.isArray(value) ? [] : {}) as unknown as {
    items: unknown[];
  } & Node;
  if (Array.isArray(value)) {
    node.items = value.map((item) => toNode(document, item));
  } else {
    node.items = Object.entries(value).map(([key, item]) =>
      document.createPair(key, toNode(document, item)),
    );
  }
  return node;
}
