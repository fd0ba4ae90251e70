import { type Finding, type FindingClass, findingSentence } from './finding.ts';

/** An exception that a person makes: one class of change of one table, or one service that nobody can rehearse. */
export interface Exception {
  what: FindingClass | 'unrehearsed';
  name: string;
}

/** Names as findings tell them: also `Order Details` and `total(integer, text)`. No pattern, for nobody may take it for one. */
const PATTERN = /^(destructive|contracting|unrehearsed):([^\s*?](?:[^\p{Cc}*?]*[^\s*?])?)$/u;

/** Reads `destructive:TABLE`, `contracting:TABLE` or `unrehearsed:SERVICE`; never one for everything. */
export function parseException(text: string): Exception | undefined {
  const [, what, name] = PATTERN.exec(text) ?? [];
  return what && name ? { what: what as Exception['what'], name } : undefined;
}

export function formatException({ what, name }: Exception): string {
  return `${what}:${name}`;
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
  return kind === 'destructive' || kind === 'contracting';
}

/** What a person would have to write to let these pass, each once. */
export function exceptionsFor(findings: readonly Finding[]): string[] {
  return [
    ...new Set(findings.map(({ class: what, object }) => formatException({ what, name: object }))),
  ];
}

const MOST_FLAGS = 4;

/** How to let them pass, in one sentence. */
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
