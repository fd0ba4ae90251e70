import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseEvidence } from '../../src/analysis/evidence.ts';
import { readDefinitions } from '../../src/compose/model/definitions.ts';
import { findProblem } from '../../src/compose/model/problem.ts';
import { programsOf } from '../../src/compose/services/image.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { placeProblem } from '../../src/config/values/placeholders.ts';
import { shownStatement } from '../../src/database/statement.ts';
import { CanaryError } from '../../src/errors.ts';
import { branchRef } from '../../src/git/branch-name.ts';
import { asGitWrites, patchedPaths, withLineEnds } from '../../src/git/line-ends.ts';
import { isMailPatch } from '../../src/git/patch.ts';
import { readPackets } from '../../src/git/pkt-line.ts';
import { readPush } from '../../src/git/proc-receive.ts';
import { parsePushReport } from '../../src/git/push-report.ts';
import { parseReleaseRecord } from '../../src/git/release-record.ts';
import { submodulePaths } from '../../src/git/submodules.ts';
import { parseTargetAnswer } from '../../src/git/target-answer.ts';
import { parseTargetUrl } from '../../src/git/target-url.ts';
import { withoutPasswords } from '../../src/git/urls.ts';
import { oldWorkers, readReload, readWorker } from '../../src/proxy/master-process.ts';
import { parseRequest } from '../../src/proxy/request-log.ts';
import { readSamples } from '../../src/proxy/samples.ts';
import { firstServers, statesAtFirst, statesToKeep } from '../../src/proxy/server-states.ts';
import { parseStatistics } from '../../src/proxy/statistics.ts';
import { readUsers } from '../../src/proxy/user-map.ts';
import { readSplit, readUntil } from '../../src/proxy/weight-map.ts';
import { tokensOf } from '../../src/rehearsal/mysql/cursor.ts';
import { checksIn } from '../../src/rehearsal/sqlite/definitions.ts';
import { parseJournal } from '../../src/rollout/journal.ts';
import { failingStep } from '../../src/system/docker/build-output.ts';
import { establishedPorts } from '../../src/system/docker/port-connections.ts';
import { historyText } from '../../src/ui/history-view.ts';
import { makeTheme } from '../../src/ui/theme.ts';

/** Of each parser; all of them together are more than 10,000. */
const CASES = 600;
const MOST_MS = 1000;

const RECORD = `Release 20260101-a: promoted

Cheaper

Project: shop
Branch: next
Commit: ${'a'.repeat(40)}
Services: web
Weight: 5 2026-01-01T00:00:00.000Z
State: promoted
Rehearsal: {"result":"pass","findings":[],"allowed":[]}
Comparison: {"from":"2026-01-01T00:00:00.000Z","to":"2026-01-02T00:00:00.000Z","stable":{},"canary":{}}
Started: 2026-01-01T00:00:00.000Z
`;

/** Git speaks in packets, and its mistakes end in an error that says that it is not git. */
async function push(text: string): Promise<unknown> {
  const bytes = (async function* () {
    yield text;
  })();
  const error = await readPush(readPackets(bytes), () => undefined).catch((each: unknown) => each);
  return error instanceof Error && error.constructor !== Error ? Promise.reject(error) : undefined;
}

/** A record that is read is also shown. */
function history(text: string): unknown {
  const record = parseReleaseRecord(text);
  if (!record) return undefined;
  const entry = { ...record, source: 'git' as const, backups: [], databaseChanges: [] };
  return [
    historyText([entry as never], makeTheme(false)),
    new Date(record.startedAt).toISOString(),
  ];
}

const PATCH = `From: a <a@b.c>
Subject: x

diff --git a/a.txt b/a.txt
--- a/a.txt
+++ b/a.txt
@@ -1,2 +1,2 @@
-a
+b
 c
`;
const STATES = '1\n# be_id be_name srv_use_ssl srv_fqdn srv_port\n3 web:entry 0 web 3000\n';
const MAP = '0x55d ada canary\n0x55e canary 500\n0x55f until 17\n';

const YAML =
  'version: 1\nservices: { web: &a { entry: 3000 }, api: *a }\nsteps: [{ weight: 5% }]\n';
const COMPOSE =
  'include: [a.yml]\nservices: { web: &w { extends: { file: b.yml }, env_file: [c] }, x: *w }\n';
const SQL = 'create table `a` (b text check (b in (\'x\', "y")), [c d] int) -- e\n/* f */;';

const PARSERS: [string, (text: string) => unknown, string][] = [
  ['canary.yaml', (text) => parseConfig(text, 'canary.yaml'), YAML],
  ['compose files', readOnlyYaml, COMPOSE],
  [
    'messages of Compose',
    (text) => findProblem(text, [{ name: 'c', path: '/c', text: COMPOSE }]),
    'services.web.x: line 3: yaml: /c',
  ],
  [
    'Dockerfiles',
    (text) => programsOf({ build: {} }, [{ path: 'Dockerfile', text }]),
    'FROM --platform=x a:1 AS b\nFROM b\n',
  ],
  ['records of releases', history, RECORD],
  ['journals', parseJournal, '{"v":1,"at":"x","type":"state-changed","state":"failed"}\n'],
  ['evidence', parseEvidence, '{"at":1,"stable":{"atRisk":1},"canary":{}}\n'],
  ['pushes', push, '000eversion=1\n00000000'],
  [
    'reports of pushes',
    parsePushReport,
    'To x\n!\trefs/heads/a:refs/heads/b\t[rejected] (x)\nDone\n',
  ],
  ['answers of another machine', parseTargetAnswer, '{"error":{"message":"x","hint":null}}\n'],
  ['patches', patch, PATCH],
  ['builds', failingStep, '#5 [web 1/2] FROM a\n#5 0.1 x\n#5 ERROR: process\n'],
  ['connections of a port', establishedPorts, '  0: 0100007F:1F90 0100007F:D2C4 01 0:0\n'],
  ['workers of the proxy', workers, 'Success=1\n--\n# old workers\n12 worker 1\nPid: 7\n'],
  ['samples of the proxy', readSamples, 'proc.sample0: type=str value=<1 GET /a>\n'],
  ['servers of the proxy', servers, STATES],
  ['maps of the proxy', (text) => [readUsers(text), readSplit(text), readUntil(text)], MAP],
  ['submodules', submodulePaths, 'submodule.a.path\nb\0submodule.c.path\0'],
  ['addresses', parseTargetUrl, 'ssh://ada@shop.example:22/srv/%41'],
  ['URLs with passwords', withoutPasswords, 'https://ada:x@shop.example/a ssh://b@c'],
  ['names of branches', branchRef, 'feature/next'],
  ['placeholders', placeProblem, '{{service}} {{ now-5m }}'],
  [
    'lines of the proxy',
    parseRequest,
    '1.1.1.1:1 [x] web:entry web/stable1 0/0/0/1/12 200 50 - - ---- 1/1/0/0/0 0/0 {1.000 7 -} "GET / HTTP/1.1"',
  ],
  ['statistics of the proxy', parseStatistics, '# pxname,svname,status\nweb,stable1,UP\n'],
  ['statements', (text) => [shownStatement(text, 'names'), tokensOf(text)], SQL],
  ['definitions of tables', checksIn, SQL],
];

function patch(text: string): unknown {
  const written = asGitWrites(Buffer.from(text));
  const ends = new Map(patchedPaths(written).map((path) => [path, 'crlf'] as const));
  return [isMailPatch(written), withLineEnds(written, ends)];
}

function workers(text: string): unknown {
  return [oldWorkers(text), readReload(text), readWorker(text)];
}

function servers(text: string): unknown {
  const first = firstServers(text);
  return [
    statesToKeep(text, { web: { port: 3000, isTls: false } }),
    statesAtFirst(first, () => undefined),
  ];
}

/** Compose itself reports a file that is not YAML: the caller takes any error for that. */
function readOnlyYaml(text: string): unknown {
  try {
    return readDefinitions(text);
  } catch {
    return undefined;
  }
}

/** A valid text with parts taken away, repeated and put in. */
function mutated(seed: string): fc.Arbitrary<string> {
  const junk = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom(
      '{',
      '*a',
      '&a',
      '[[[[',
      '%',
      '\0',
      '\u001b[2J',
      '__proto__',
      '-1e999',
      '"',
      '\n\n',
      '../',
    ),
  );
  const change = fc.tuple(fc.nat(seed.length), fc.nat(12), fc.nat(4), junk);
  const changed = fc.array(change, { maxLength: 6 }).map((changes) =>
    changes.reduce((text, [at, gone, times, put]) => {
      const [before, cut, after] = [
        text.slice(0, at),
        text.slice(at, at + gone),
        text.slice(at + gone),
      ];
      return before + cut.repeat(times) + put + after;
    }, seed),
  );
  return fc.oneof(
    { weight: 4, arbitrary: changed },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  );
}

test.each(PARSERS)(
  '%s of others end in a result or in an error with a code',
  async (_, read, seed) => {
    await fc.assert(
      fc.asyncProperty(mutated(seed), async (text) => {
        const before = process.cpuUsage();
        try {
          await read(text);
        } catch (error) {
          if (!(error instanceof CanaryError)) throw error;
        }
        const { user, system } = process.cpuUsage(before);
        expect((user + system) / 1000).toBeLessThan(MOST_MS);
      }),
      { numRuns: CASES },
    );
  },
);

test('they are more than 10,000 cases', () => {
  expect(PARSERS.length * CASES).toBeGreaterThan(10_000);
});

test.each([
  [
    'aliases that expand to too much',
    `version: 1\nservices: { a: &a [1], b: &b [${'*a,'.repeat(200)}], c: [${'*b,'.repeat(200)}] }`,
  ],
  ['nesting that is too deep', `version: 1\nservices: ${'['.repeat(20_000)}`],
  ['an alias of nothing', 'version: 1\nservices: *nothing\n'],
])('%s are a problem of canary.yaml, not a bug', (_, text) => {
  expect(() => parseConfig(text, 'canary.yaml')).toThrow(CanaryError);
});

test.each(['file:///%', 'file://%', 'ssh://a%@h/x', 'ssh://h/%zz', 'ssh://%'])(
  'the address %s is refused',
  (url) => expect(() => parseTargetUrl(url)).toThrow(CanaryError),
);
