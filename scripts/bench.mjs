#!/usr/bin/env node
// Runs what measures: bundles it with the code of src/ that it measures. `bench.mjs ENTRY [ARGUMENT...]`.
import { importBundled, root } from './bundle.mjs';

const [entry = '', ...rest] = process.argv.slice(2);
process.argv.splice(2, Number.POSITIVE_INFINITY, root, ...rest);
// As deep as the tests: what they share with a bench finds the project's files from where it lies.
await importBundled(entry, `bench/${entry.replaceAll('/', '-')}.mjs`);
