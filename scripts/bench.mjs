#!/usr/bin/env node
// Runs a benchmark: bundles it with the code of src/ that it measures. `bench.mjs ENTRY [ARGUMENT...]`.
import { importBundled, root } from './bundle.mjs';

const [entry = '', ...rest] = process.argv.slice(2);
process.argv.splice(2, Number.POSITIVE_INFINITY, root, ...rest);
// As deep as the tests: code that they share with a bench finds the project's files from its own place.
await importBundled(entry, `bench/${entry.replaceAll('/', '-')}.mjs`);
