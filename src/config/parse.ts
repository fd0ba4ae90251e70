import { type Document, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { CanaryError } from '../errors.ts';
import { checksOf } from './analysis.ts';
import { problemsOfChecks } from './checks.ts';
import { ingressProblems } from './ingress.ts';
import { problemsOfMetrics } from './metrics.ts';
import { type CanaryConfig, configSchema } from './schema.ts';
import { protocolProblems } from './service-protocol.ts';

interface Problem {
  path: readonly PropertyKey[];
  text: string;
}

/** Reads canary.yaml; throws `config-invalid` with every problem, each with its path and line. */
export function parseConfig(text: string, fileName: string): CanaryConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.errors.length > 0) {
    throw invalid(
      fileName,
      document.errors.map((error) => error.message.split('\n')[0] ?? error.message),
    );
  }
  const result = configSchema.safeParse(document.toJS() ?? {});
  const problems = result.success
    ? crossFieldProblems(result.data)
    : result.error.issues.flatMap(describe);
  if (problems.length > 0 || !result.success) {
    throw invalid(
      fileName,
      problems.map((problem) => `${place(document, lines, problem)}: ${problem.text}`),
    );
  }
  return result.data;
}

/** Rules no single field can hold. */
function crossFieldProblems(config: CanaryConfig): Problem[] {
  const services = Object.entries(config.services);
  const problems: Problem[] = [
    ...ingressProblems(config.services),
    ...(config.analysis ? problemsOfMetrics(config.analysis, config.services) : []),
  ];
  if (config.steps.length > 0 && config.strategy.kind !== 'canary') {
    problems.push({
      path: ['steps'],
      text: `are of \`strategy: canary\` alone; this is ${config.strategy.kind}`,
    });
  }
  if (config.database.backup === 'before' && config.database.rehearse === 'off') {
    problems.push({
      path: ['database', 'backup'],
      text: 'needs the rehearsal, which tells the tables that change; `rehearse` is off',
    });
  }
  problems.push(...problemsOfChecks(checksOf(config), config.services));
  const taken = new Map<number, string>();
  for (const [name, service] of services) {
    for (const { key, text } of protocolProblems(service))
      problems.push({ path: ['services', name, key], text });
    for (const key of ['entry', 'preview'] as const) {
      const port = service[key];
      if (!port) continue;
      const owner = taken.get(port);
      if (owner) {
        problems.push({ path: ['services', name, key], text: `port ${port} is also ${owner}` });
      }
      taken.set(port, `services.${name}.${key}`);
    }
  }
  const { metrics } = config.proxy;
  const owner = metrics === undefined ? undefined : taken.get(metrics);
  if (owner)
    problems.push({ path: ['proxy', 'metrics'], text: `port ${metrics} is also ${owner}` });
  return problems;
}

function describe(issue: z.core.$ZodIssue): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      text: 'is not a setting this version knows',
    }));
  }
  if (issue.code === 'invalid_key') {
    return [{ path: issue.path, text: issue.issues[0]?.message ?? issue.message }];
  }
  return [{ path: issue.path, text: issue.message }];
}

function place(document: Document, lines: LineCounter, problem: Problem): string {
  const path = problem.path.map(String);
  const dotted = path.join('.') || 'the file';
  // The nearest node that exists: a missing key is reported at its parent.
  for (let depth = path.length; depth >= 0; depth -= 1) {
    const node =
      depth === 0 ? document.contents : document.getIn(problem.path.slice(0, depth), true);
    const range = (node as { range?: [number, number, number] } | undefined)?.range;
    if (range) return `line ${lines.linePos(range[0]).line}, ${dotted}`;
  }
  return dotted;
}

function invalid(fileName: string, details: string[]): CanaryError {
  return new CanaryError('config-invalid', `${fileName} is not valid.`, {
    details,
    hint: 'Correct the lines above; README lists every setting.',
  });
}
