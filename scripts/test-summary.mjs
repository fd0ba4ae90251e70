#!/usr/bin/env node
// Ends a CI run with one line, `N passed, N failed`, made from vitest's JSON report.
// Usage: node scripts/test-summary.mjs REPORT.json EXITCODE
import { readFileSync } from 'node:fs';

const [reportFile, exitCodeText] = process.argv.slice(2);
if (reportFile === undefined || !/^\d+$/.test(exitCodeText ?? '')) {
  console.error('Usage: node scripts/test-summary.mjs REPORT.json EXITCODE');
  process.exit(2);
}
const exitCode = Number(exitCodeText);
const { passed, failed, remarks } = summarize(readReport(reportFile), exitCode);
for (const remark of remarks) {
  console.log(remark);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = exitCode === 0 && failed === 0 ? 0 : 1;

/**
 * @typedef {object} Suite A file of tests in the report.
 * @property {string} name
 * @property {string} status
 * @property {string} [message]
 * @property {{ status: string }[]} assertionResults
 */

/**
 * The report, or undefined when vitest did not finish.
 * @param {string} file
 * @returns {{ testResults: Suite[] } | undefined}
 */
function readReport(file) {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    return Array.isArray(report?.testResults) ? report : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {{ testResults: Suite[] } | undefined} report
 * @param {number} code
 */
function summarize(report, code) {
  const suites = report?.testResults ?? [];
  const cases = suites.flatMap((suite) => suite.assertionResults);
  const passed = cases.filter((each) => each.status === 'passed').length;
  const broken = cases.filter((each) => each.status === 'failed').length;
  const skipped = cases.length - passed - broken;
  /** @type {string[]} */
  const remarks = [];
  let failed = broken + skipped;
  if (skipped > 0) {
    remarks.push(`${skipped} skipped, counted as failed: engine tests never skip themselves`);
  }
  // A file that cannot be loaded, or whose set-up fails, has no failed case of its own.
  const unloaded = suites.filter(
    (suite) =>
      suite.status === 'failed' && !suite.assertionResults.some((each) => each.status === 'failed'),
  );
  for (const suite of unloaded) {
    failed += 1;
    remarks.push(`${suite.name} did not run: ${String(suite.message).split('\n')[0]}`);
  }
  if (!report) {
    failed += 1;
    remarks.push('there is no test report: the tests did not run to their end');
  } else if (cases.length === 0 && failed === 0) {
    failed += 1;
    remarks.push('no test ran');
  } else if (code !== 0 && failed === 0) {
    failed += 1;
    remarks.push(`the checks ended with exit code ${code}`);
  }
  return { passed, failed, remarks };
}
