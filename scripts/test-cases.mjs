#!/usr/bin/env node
// Tests canary with cases from public reports: `npm run test:cases DIR`, where DIR has an images.sh (CONTRIBUTING.md).
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { givenFolder, runRing } from './given-folder.mjs';

const given = givenFolder('test:cases', 'images.sh');
const { status } = spawnSync('bash', [join(given.folder, 'images.sh')], { stdio: 'inherit' });
if (status === 0) runRing('cases', given);
else process.exitCode = 1;
