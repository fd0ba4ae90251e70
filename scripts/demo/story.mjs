// The story in eight chapters. Every number that is printed was measured in this run.
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { count, percent } from './narration.mjs';
import { becomesReachable, discountLine, send, whileRequested } from './requests.mjs';
import { isBroken, isOk, usersWhere } from './stage.mjs';

/** @import { Narrator } from './narration.mjs' */
/** @import { Answer } from './requests.mjs' */
/** @import { Stage } from './stage.mjs' */

const ROW = { name: 'Demo day', code: 'DEMODAY', value: 30 };
const BAD_CHANGE = 'patches/0002-bad-rename-code-to-coupon.patch';
const WIPING_CHANGE = 'patches/0003-bad-recreate-tables.patch';
const GOOD_CHANGE = 'patches/0001-good-describe-discounts.patch';
const START_LIMIT_MS = 60_000;
/**
 * How far a measured share may be from the set one: four standard deviations for 1,000 users.
 * @param {number} share
 * @param {number} users
 */
const tolerance = (share, users) => 4 * Math.sqrt((share * (1 - share)) / users);

const isDescribed = (/** @type {Answer} */ answer) =>
  discountLine(answer.text).includes('Big dogs: 20 % off');

/** @param {Stage} stage */
export async function production(stage) {
  const { narrator, run, place, shop } = stage;
  narrator.chapter('A shop in production');
  narrator.say(
    `Production is one machine and docker compose. Four services: the shop page (frontend), discounts,
    advertisements and a database. Every visitor gets the same code.`,
  );
  narrator.command('docker compose up -d --build');
  narrator.output('(building and starting; what the build says is left out)');
  await run('docker', ['compose', 'up', '-d', '--build']);
  await stage.show('docker', 'compose', 'ps', '--format', 'table {{.Service}}\\t{{.Status}}');
  const isOpen = await becomesReachable(shop, START_LIMIT_MS, stage.signal);
  const page = await stage.visit(shop);
  const created = await send(stage.discounts, { method: 'POST', json: ROW });
  narrator.request(`POST ${stage.discounts}  ${JSON.stringify(ROW)}`, String(created.status));
  narrator.say(
    'That request wrote a row into the database. It is there to see whether any later step loses data.',
  );
  narrator.finding('The shop is open', `answers ${page.status}`, isOpen && isOk(page));
  narrator.finding(
    'A row written to the database',
    ROW.code,
    (await stage.codes()).includes(ROW.code),
  );
  return place;
}

/** @param {Stage} stage */
export async function proxy(stage) {
  const { narrator, place } = stage;
  narrator.chapter('A proxy moves in front');
  narrator.say(
    `A canary is a second copy of some services. It runs new code for a few users, beside the version
    that everybody else keeps (the stable). Here the page and the discounts service shall have one. The
    choice goes into canary.yaml, the only file that is added to the repository.`,
  );
  const chosen = ['--service', 'frontend', '--service', 'discounts'];
  // In this story a person moves the users, until the chapter about judging.
  await stage.canary('init', ...chosen, '--steps', 'none');
  narrator.say(
    `One line more: this shop knows its users by the header X-User-Id, so canary shall, too. (Without
    such a line it uses a cookie of its own.)`,
  );
  const config = join(place.directory, 'canary.yaml');
  await appendFile(config, 'identity: [header:X-User-Id]\n');
  narrator.command('cat canary.yaml');
  for (const line of (await readFile(config, 'utf8')).trimEnd().split('\n')) {
    narrator.output(line);
  }
  await stage.show('git', 'commit', '--quiet', '-am', 'Tell users apart by X-User-Id');
  narrator.say(
    `\`canary map\` shows what that means. The database is never copied: there is one, and both sides
    use it.`,
  );
  await stage.canary('map');
  narrator.say(
    `\`canary plan\` says what would happen and changes nothing; \`canary up\` does it. The proxy takes the
    shop's port over from the frontend. Visitors keep coming meanwhile, 50 a second.`,
  );
  await stage.canary('plan');
  const load = { url: stage.shop, perSecond: 50, users: stage.users };
  reportHandover(narrator, await whileRequested(load, () => stage.canary('up')));
}

/**
 * Only the moment in which the port passes from one container to another may cost requests.
 * @param {Narrator} narrator
 * @param {readonly Answer[]} answers
 */
function reportHandover(narrator, answers) {
  const lost = answers.filter((answer) => answer.status === 0);
  const wrong = answers.filter((answer) => answer.status !== 0 && answer.status !== 200);
  const first = Math.min(...lost.map((answer) => answer.began));
  const last = Math.max(...lost.map((answer) => answer.ended));
  const gap = lost.length > 0 ? `, within ${count(last - first)} ms` : '';
  narrator.say(
    `The one moment that can cost something: the port is closed between the frontend letting go of it and
    the proxy taking it. It happens once, when canary is set up; no later step has such a moment.`,
  );
  narrator.finding(
    'Setting up: visitors who met a closed port',
    `${count(lost.length)} of ${count(answers.length)}${gap}`,
    lost.length === 0 || last - first < 5000,
  );
  narrator.finding(
    'Setting up: visitors who met an error page',
    count(wrong.length),
    wrong.length === 0,
  );
}

/** @param {Stage} stage */
export async function badChange(stage) {
  const { narrator } = stage;
  narrator.chapter('A bad change, for one user in five');
  narrator.say(
    `A developer renames \`code\` to \`coupon\` in the discounts service and forgets the page that reads it.
    Nothing crashes, nothing gets slow, every answer is a 200: no monitor would ring. So it goes to 20 %
    of users first, on a branch named canary.`,
  );
  const untouched = await stage.fingerprint();
  await stage.show('git', 'branch', 'canary');
  await stage.canary('plan', '--branch', 'canary', '--weight', '20');
  narrator.say(
    'The plan has no word about the stable. `deploy` applies the patch to the branch, then does this.',
  );
  await stage.canary('deploy', '--branch', 'canary', '--apply', BAD_CHANGE, '--weight', '20');

  narrator.say('Now 1,000 users open the shop page, one request each.');
  const answers = await stage.askEveryone();
  const { requests } = (await stage.status()).release;
  const hit = usersWhere(answers, isBroken);
  const fine = usersWhere(answers, (answer) => isOk(answer) && !isBroken(answer));
  reportShare(narrator, { set: 20, measured: hit.length, users: answers.size });
  await showTwoUsers(stage, fine[0], hit[0]);
  narrator.say('What the proxy counted, held against what the users saw:');
  const answered = usersWhere(answers, isOk).length;
  narrator.finding(
    'Bad change: pages answered 200',
    `${count(answered)} of ${count(answers.size)}`,
    answered === answers.size,
  );
  narrator.finding(
    'Bad change: users on the canary who saw "undefined"',
    `${count(hit.length)} of ${count(requests.canary)}`,
    hit.length > 0 && hit.length === requests.canary,
  );
  narrator.finding(
    'Bad change: users on the stable who saw it',
    `${count(requests.stable - fine.length)} of ${count(requests.stable)}`,
    fine.length === requests.stable,
  );
  const again = usersWhere(await stage.askEveryone(), isBroken);
  const moved = difference(hit, again).length + difference(again, hit).length;
  narrator.finding('Asked again: users who changed sides', count(moved), moved === 0);

  const { preview = '' } = (await stage.status()).proxy.entries[0] ?? {};
  narrator.say(
    'The team need not be lucky to see the canary: it has an address of its own, and a header.',
  );
  const own = await stage.visit(preview);
  const forced = await stage.visit(stage.shop, { 'X-Canary': 'canary' });
  narrator.finding(
    'The canary by its own address and by header',
    own.status === forced.status ? `both answer ${own.status}` : `${own.status}, ${forced.status}`,
    [own, forced].every((answer) => isOk(answer) && isBroken(answer)),
  );
  await stage.canary('status');
  return { untouched, hit };
}

/**
 * @param {Narrator} narrator
 * @param {{ set: number, measured: number, users: number }} share
 */
function reportShare(narrator, { set, measured, users }) {
  narrator.share(measured, users);
  narrator.finding(
    `Share of users on the canary, set to ${set} %`,
    percent(measured, users),
    Math.abs(measured / users - set / 100) <= tolerance(set / 100, users),
  );
}

/**
 * @param {Stage} stage
 * @param {string | undefined} stableUser
 * @param {string | undefined} canaryUser
 */
async function showTwoUsers({ visit, shop }, stableUser, canaryUser) {
  for (const user of [stableUser, canaryUser]) {
    if (user !== undefined) await visit(shop, { 'X-User-Id': user });
  }
}

/**
 * @param {Stage} stage
 * @param {Awaited<ReturnType<typeof badChange>>} before
 */
export async function takenBack(stage, { untouched, hit }) {
  const { narrator } = stage;
  narrator.chapter('Taken back');
  narrator.say(
    `One command: users leave the canary first, at once; then it is removed; then the branch gets a
    revert commit, so that git tells the same story as production. The unlucky ${hit.length} users keep
    reloading meanwhile, 50 requests a second.`,
  );
  let began = 0;
  const load = { url: stage.shop, perSecond: 50, users: hit };
  const reloads = await whileRequested(load, () => {
    began = Date.now();
    return stage.canary('revert');
  });
  const last = Math.max(...reloads.filter(isBroken).map((answer) => answer.began));
  const failed = reloads.filter((answer) => !isOk(answer)).length;
  narrator.finding(
    'Revert: last "undefined" after the command was typed',
    `${count(Math.max(0, last - began))} ms`,
    Number.isFinite(last),
  );
  narrator.finding(
    'Revert: visitors who met an error',
    `${count(failed)} of ${count(reloads.length)}`,
    failed === 0,
  );
  narrator.say('The same 1,000 users once more:');
  const answers = await stage.askEveryone();
  const still = usersWhere(answers, (answer) => !isOk(answer) || isBroken(answer)).length;
  narrator.finding(
    'Reverted: users who still see "undefined"',
    `${count(still)} of ${count(answers.size)}`,
    still === 0,
  );
  await stage.show('git', 'log', '--oneline', 'canary');
  const isSame = sameList(untouched, await stage.fingerprint());
  narrator.say(
    'And the containers of the stable and the database, compared with before the deploy:',
  );
  narrator.finding(
    'Production containers with id, start time and restarts as before',
    `${isSame ? untouched.length : 'not all'} of ${untouched.length}`,
    isSame,
  );
}

/** @param {Stage} stage */
export async function judged(stage) {
  const { narrator, place } = stage;
  narrator.chapter('The same change, judged');
  narrator.say(
    `Somebody has to be at the keyboard for that. So canary.yaml gets steps: from now on \`deploy\` raises
    the weight by itself, compares the canary with the stable all the time, and promotes it or takes it
    back. The same bad change comes again, while 50 visitors a second ask for the shop page.`,
  );
  const config = join(place.directory, 'canary.yaml');
  await appendFile(config, 'steps: [{ weight: 5, for: 10s }, { weight: 50, for: 10s }]\n');
  await stage.show('git', 'commit', '--quiet', '-am', 'Raise the weight in steps');
  let exitCode = 0;
  const load = { url: stage.shop, perSecond: 50, users: stage.users };
  const answers = await whileRequested(load, async () => {
    const args = ['--branch', 'canary', '--apply', BAD_CHANGE];
    exitCode = await stage.canaryEnds('deploy', ...args);
  });
  narrator.say(
    `The canary was asked what visitors had just asked of the stable, and its page did not say the same,
    though with a status of 200. No visitor was sent to it.`,
  );
  narrator.finding('Judged: exit code of `deploy`', String(exitCode), exitCode === 3);
  const hurt = answers.filter((answer) => !isOk(answer) || isBroken(answer)).length;
  narrator.finding(
    'Judged: visitors who saw "undefined" or an error',
    `${count(hurt)} of ${count(answers.length)}`,
    hurt === 0,
  );
  // A change that no user has seen stays on the branch, to be fixed there.
  await stage.show('git', 'branch', '--force', 'canary', 'canary~1');
}

/** @param {Stage} stage */
export async function databaseProtected(stage) {
  const { narrator } = stage;
  narrator.chapter('A change that would wipe the database');
  narrator.say(
    `Canary and stable share one database, and code often changes it when it starts. The next change drops the table
    of discounts and makes it anew at every start, as many a tutorial does. Its first start is on a copy.`,
  );
  const before = await stage.codes();
  const exitCode = await stage.canaryEnds('deploy', '--branch', 'canary', '--apply', WIPING_CHANGE);
  narrator.finding('Database: exit code of `deploy`', String(exitCode), exitCode === 7);
  const kept = await stage.codes();
  narrator.finding(
    'Database: discounts in production, before and after',
    `${before.length} and ${kept.length}`,
    sameList(before, kept) && before.includes(ROW.code),
  );
  await stage.show('git', 'branch', '--force', 'canary', 'canary~1');
}

/** @param {Stage} stage */
export async function goodChange(stage) {
  const { narrator } = stage;
  narrator.chapter('A good change, promoted');
  narrator.say(
    'The next change is fine: each discount gets a description. It starts at 10 % and goes on to 50 %.',
  );
  const database = await stage.fingerprint(['db']);
  await stage.canary('deploy', '--branch', 'canary', '--apply', GOOD_CHANGE, '--weight', '10');
  const tenth = usersWhere(await stage.askEveryone(), isDescribed);
  reportShare(narrator, { set: 10, measured: tenth.length, users: stage.users.length });
  await stage.canary('weight', '50');
  const half = usersWhere(await stage.askEveryone(), isDescribed);
  reportShare(narrator, { set: 50, measured: half.length, users: stage.users.length });
  const left = difference(tenth, half).length;
  narrator.finding('Raising the weight: users who lost the new page', count(left), left === 0);

  narrator.say(
    `Nobody complains, so everybody gets it. While the stable is replaced the canary serves all; then
    they come back and the canary goes. 100 visitors a second keep coming all the while.`,
  );
  const load = { url: stage.shop, perSecond: 100, users: stage.users };
  const answers = await whileRequested(load, () => stage.canary('promote'));
  const failed = answers.filter((answer) => !isOk(answer) || discountLine(answer.text) === '');
  narrator.finding(
    'Promotion: visitors who met an error',
    `${count(failed.length)} of ${count(answers.length)}`,
    failed.length === 0,
  );
  await stage.show('git', 'log', '--oneline', '--graph', '--all', '--decorate');
  await stage.visit(stage.shop);
  const everyone = usersWhere(await stage.askEveryone(), isDescribed).length;
  narrator.finding(
    'Promoted: users who see the new page',
    `${count(everyone)} of ${count(stage.users.length)}`,
    everyone === stage.users.length,
  );
  const isKept = (await stage.codes()).includes(ROW.code);
  narrator.finding('The row of chapter 1', isKept ? 'still there' : 'lost', isKept);
  const isSame = sameList(database, await stage.fingerprint(['db']));
  narrator.finding('Database container', isSame ? 'never touched' : 'changed', isSame);
}

/** @param {Stage} stage */
export async function putAway(stage) {
  const { narrator } = stage;
  narrator.chapter('And away again');
  narrator.say(
    `\`canary down\` takes the proxy away and gives the port back. The shop runs on as plain docker
    compose, with the promoted code.`,
  );
  await stage.canary('down');
  const isOpen = await becomesReachable(stage.shop, START_LIMIT_MS, stage.signal);
  const page = await stage.visit(stage.shop);
  narrator.finding(
    'Without canary: the shop',
    `answers ${page.status}`,
    isOpen && isDescribed(page),
  );
}

/**
 * @param {readonly string[]} left
 * @param {readonly string[]} right
 */
function difference(left, right) {
  const others = new Set(right);
  return left.filter((each) => !others.has(each));
}

/**
 * @param {readonly string[]} left
 * @param {readonly string[]} right
 */
function sameList(left, right) {
  return left.length > 0 && left.join('\n') === right.join('\n');
}
