#!/usr/bin/env node
// Makes a release on this machine: changelog, version, commit, tag, package, image. Nothing leaves the machine: the
// last lines say how to publish it. `node scripts/release.mjs VERSION [--dry-run] [--image NAME] [--base IMAGE]`
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'dry-run': { type: 'boolean', default: false },
    image: { type: 'string', default: 'compose-canary' },
    base: { type: 'string' },
  },
});
const [version = ''] = positionals;
const isDry = values['dry-run'];
const tag = `v${version}`;
const image = `${values.image}:${version}`;
const base = values.base === undefined ? [] : ['--build-arg', `BASE=${values.base}`];
const today = new Date().toISOString().slice(0, 10);

const problems = obstacles();
if (problems.length > 0) {
  for (const problem of problems) console.error(`release: ${problem}`);
  process.exit(1);
}

step('run every check', () => run('npm', 'run', 'check'));
step(`date the changelog: ${version}, ${today}`, () =>
  edit('CHANGELOG.md', (text) => text.replace(unreleased(text) ?? '', `## ${version}, ${today}`)),
);
step(`set the version to ${version}`, () => {
  run('npm', 'version', version, '--no-git-tag-version', '--allow-same-version');
  edit('src/main.ts', (text) => text.replace(/(?<=export const VERSION = ')[^']*/, version));
});
step('commit it', () => {
  const changed = ['CHANGELOG.md', 'package.json', 'package-lock.json', 'src/main.ts'];
  run('git', 'commit', '--message', `Release ${version}`, '--', ...changed);
});
step(`tag it ${tag}`, () =>
  run('git', 'tag', '--annotate', '--message', `Release ${version}`, tag),
);
step(`pack it into .release/compose-canary-${version}.tgz`, () => {
  mkdirSync(`${root}.release`, { recursive: true });
  run('npm', 'pack', '--pack-destination', '.release');
});
step(`build the image ${image}`, () => run('docker', 'build', ...base, '--tag', image, '.'));

console.log(`
Publish it with:
  git push --atomic origin HEAD ${tag}
  npm publish .release/compose-canary-${version}.tgz
  docker push ${image}`);

/** What prevents this release; all of it is checked before anything is changed. */
function obstacles() {
  const found = [];
  const current = JSON.parse(read('package.json')).version;
  if (!/^\d+\.\d+\.\d+$/.test(version))
    found.push(`\`${version}\` is not a version such as 1.2.3.`);
  else if (isOlder(version, current)) found.push(`${version} is older than ${current}.`);
  if (output('git', 'status', '--porcelain') !== '')
    found.push('The working tree has changes: commit them first.');
  if (output('git', 'tag', '--list', '--', tag) !== '')
    found.push(`The tag ${tag} exists already.`);
  if (!unreleased(read('CHANGELOG.md')))
    found.push('CHANGELOG.md has no heading that ends in `, unreleased`.');
  return found;
}

/** @param {string} text */
function unreleased(text) {
  return /^## .*, unreleased$/m.exec(text)?.[0];
}

/**
 * @param {string} left
 * @param {string} right
 */
function isOlder(left, right) {
  return left.localeCompare(right, 'en', { numeric: true }) < 0;
}

/**
 * @param {string} what
 * @param {() => void} work
 */
function step(what, work) {
  console.log(isDry ? `would ${what}` : `- ${what}`);
  if (!isDry) work();
}

/**
 * @param {string} path
 * @param {(text: string) => string} change
 */
function edit(path, change) {
  writeFileSync(`${root}${path}`, change(read(path)));
}

/** @param {string} path */
function read(path) {
  return readFileSync(`${root}${path}`, 'utf8');
}

/**
 * @param {string} program
 * @param {string[]} argv
 */
function run(program, ...argv) {
  execFileSync(program, argv, { cwd: root, stdio: 'inherit' });
}

/**
 * @param {string} program
 * @param {string[]} argv
 */
function output(program, ...argv) {
  return execFileSync(program, argv, { cwd: root, encoding: 'utf8' });
}
