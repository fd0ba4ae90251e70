#!/usr/bin/env node
// Checks the docs against the repository: every link between files leads somewhere, the README is short, every folder
// of src has its line in CONTRIBUTING, every page of docs is in the index.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const MOST_README_BYTES = 8192;
const root = fileURLToPath(new URL('..', import.meta.url));
const pages = [
  ...markdownIn(root, false),
  ...['docs', 'bench', 'examples', 'templates'].flatMap((folder) =>
    markdownIn(join(root, folder), true),
  ),
];
/** @type {string[]} */
const problems = [];

for (const page of pages) {
  const text = withoutCode(readFileSync(page, 'utf8'));
  for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : resolve(dirname(page), path);
    if (!existsSync(file)) problems.push(`${relative(root, page)}: ${target} is not there`);
    else if (anchor && !anchorsOf(file).includes(anchor))
      problems.push(`${relative(root, page)}: ${target} has no such heading`);
  }
}

const bytes = readFileSync(join(root, 'README.md')).length;
if (bytes > MOST_README_BYTES)
  problems.push(`README.md has ${bytes} bytes, ${MOST_README_BYTES} are the most`);

const contributing = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
for (const folder of foldersIn(join(root, 'src')))
  if (!contributing.includes(`src/${folder}/`))
    problems.push(`CONTRIBUTING.md does not say what src/${folder}/ is`);

const troubleshooting = readFileSync(join(root, 'docs/guides/troubleshooting.md'), 'utf8');
const errors = readFileSync(join(root, 'docs/reference/errors.md'), 'utf8');
for (const [, code] of errors.matchAll(/^\| `([a-z-]+)` \|/gm))
  if (!troubleshooting.includes(`\`${code}\``))
    problems.push(`docs/guides/troubleshooting.md does not say what to do about ${code}`);

for (const index of ['docs/README.md', 'docs/decisions/README.md']) {
  const listed = readFileSync(join(root, index), 'utf8');
  const home = dirname(index);
  for (const page of markdownIn(join(root, home), index === 'docs/README.md')) {
    const path = relative(join(root, home), page);
    if (path === 'README.md' || (home === 'docs' && path.startsWith('decisions/'))) continue;
    if (!listed.includes(`(${path})`)) problems.push(`${index} does not list ${path}`);
  }
}

for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

/**
 * @param {string} folder
 * @param {boolean} recursive
 */
function markdownIn(folder, recursive) {
  const names = readdirSync(folder, { recursive, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.md')).map((name) => join(folder, name));
}

/** @param {string} folder */
function foldersIn(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

/** Text in code is not a link. @param {string} text */
function withoutCode(text) {
  return text
    .replace(/```[\s\S]*?```/g, '')
    .replace(/^ {4}.*$/gm, '')
    .replace(/`[^`\n]*`/g, '');
}

/** The anchors of a page's headings, as forges create them. @param {string} file */
function anchorsOf(file) {
  const headings = readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, text = '']) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}
