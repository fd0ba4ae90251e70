import { expect } from 'vitest';
import type { Finding } from '../../../src/database/finding.ts';
import { findingsOf } from '../../../src/database/findings.ts';
import {
  type KindOfServer,
  OBJECT_KINDS,
  type ObjectKindName,
  objectKind,
} from '../../../src/database/object-kinds.ts';
import type { Observation } from '../../../src/database/observation.ts';

/** One change of one kind, and what is found of it. */
interface MatrixCase {
  /** What is there before; every case has names of its own. */
  given?: string;
  /** What the canary does when it boots. */
  does: string;
  /** All that is found, as class and sentence. */
  finds: readonly string[];
}

/** The cases of a server by what they are. */
export type Matrix = Readonly<Record<string, MatrixCase>>;

/** All that is there before any case. */
export function givenOf(matrix: Matrix): string {
  return Object.values(matrix)
    .map(({ given = '' }) => given)
    .join('\n');
}

/** All that the canary does, one statement after the other. */
export function doneIn(matrix: Matrix): string {
  return Object.values(matrix)
    .map(({ does }) => `${does};`)
    .join('\n');
}

/** The findings of one boot that did all of it. */
export function foundIn(observation: Observation): Finding[] {
  return findingsOf('db', observation, { lock: 60_000, massShare: 10, hasAllRows: true });
}

export function linesOf(findings: readonly Finding[]): string[] {
  return findings.map((each) => `${each.class}: ${each.text}`);
}

/** What is found besides what the cases say. */
export function unexpectedIn(findings: readonly Finding[], matrix: Matrix): string[] {
  const expected = new Set(Object.values(matrix).flatMap(({ finds }) => finds));
  return linesOf(findings).filter((line) => !expected.has(line));
}

/** Every kind of the table has a case, or the server lacks it and the table says so. */
export function expectEveryKind(findings: readonly Finding[], server: KindOfServer): void {
  const codes = findings.map(({ kind }) => kind);
  const kinds = Object.keys(OBJECT_KINDS) as ObjectKindName[];
  const isSeen = (kind: ObjectKindName) =>
    codes.some((code) =>
      ['added', 'changed', 'dropped', 'renamed', 'recreated'].some(
        (verb) => code === `${kind.replaceAll(' ', '-')}-${verb}`,
      ),
    );
  const wrong = kinds.filter((kind) => isSeen(kind) === objectKind(kind).lacking?.includes(server));
  const missing = kinds.filter(
    (kind) => !isSeen(kind) && !objectKind(kind).lacking?.includes(server),
  );
  expect({ missing, wrong }).toEqual({ missing: [], wrong: [] });
}
