import type { Exception } from '../config/exception.ts';
import type { DatabaseConfig } from '../config/sections/database.ts';
import { type Finding, findingSentence } from './finding.ts';
import type { FindingClass } from './finding-class.ts';

/** The exceptions that the operator makes, and how much data is copied. */
export interface Agreement {
  exceptions: readonly Exception[];
  data: DatabaseConfig['data'];
}

/** The findings that stop a deploy, and the exceptions that let others pass. */
export function refusedBy(
  findings: readonly Finding[],
  exceptions: readonly Exception[],
): { refused: Finding[]; used: Exception[] } {
  const stops = findings.filter((each) => isRefused(each.class));
  const exempt = (finding: Finding) =>
    exceptions.find(({ what, name }) => what === finding.class && name === finding.object);
  return {
    refused: stops.filter((each) => !exempt(each)),
    used: exceptions.filter((each) => stops.some((finding) => exempt(finding) === each)),
  };
}

export function isRefused(kind: FindingClass): boolean {
  return kind === 'destructive' || kind === 'unclassified' || kind === 'contracting';
}

/** The exceptions the operator would need to let these findings pass, each once. */
export function exceptionsFor(findings: readonly Finding[]): string[] {
  return [...new Set(findings.map(({ class: what, object }) => `${what}:${object}`))];
}

const MOST_FLAGS = 4;

/** How to allow these exceptions, in one sentence. */
export function allowHint(exceptions: readonly string[]): string {
  const flags = exceptions.slice(0, MOST_FLAGS).map((each) => `--allow ${each}`);
  const rest = exceptions.length - flags.length;
  const more = rest > 0 ? `, and so on for the other ${rest}` : '';
  return `If it is meant: \`${flags.join(' ')}\`${more}.`;
}

/** Findings as lines of an error. */
export function refusalLines(findings: readonly Finding[]): string[] {
  return findings.map((each) => `${each.class}: ${findingSentence(each)}`);
}
