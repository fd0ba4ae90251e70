#!/usr/bin/env node
// Tests canary with other people's stacks: `npm run test:corpus DIR`, where DIR has an INDEX.tsv (CONTRIBUTING.md).
import { givenFolder, runRing } from './given-folder.mjs';

runRing('corpus', givenFolder('test:corpus', 'INDEX.tsv'));
