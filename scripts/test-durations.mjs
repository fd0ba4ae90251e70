#!/usr/bin/env node
// Records how long test files took, so that the longest begin first: `node scripts/test-durations.mjs REPORT...`,
// where each REPORT is what `vitest run --reporter=json --outputFile=REPORT` wrote.
import { readFileSync, writeFileSync } from 'node:fs';

/** Shorter files cannot delay a run. */
const LEAST_SECONDS = 3;

const path = new URL('../test/durations.json', import.meta.url);
const durations = JSON.parse(readFileSync(path, 'utf8'));
for (const report of process.argv.slice(2)) {
  for (const { name, startTime, endTime } of JSON.parse(readFileSync(report, 'utf8')).testResults) {
    durations[name.slice(name.lastIndexOf('/test/') + 1)] = Math.round(
      (endTime - startTime) / 1000,
    );
  }
}
const long = Object.entries(durations).filter(([, seconds]) => seconds >= LEAST_SECONDS);
const sorted = long.sort(([left], [right]) => (left < right ? -1 : 1));
writeFileSync(path, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
