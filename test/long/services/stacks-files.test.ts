import { describeStack } from '../../support/stack-suite.ts';

/** Stacks written in the various ways that Compose accepts. */

describeStack({
  title:
    'a stack of several files, one of them in a folder below, with a service that is only what it mounts',
  folder: 'several-files',
  flags: ['-f', 'compose.yaml', '-f', 'ops/production.yaml'],
  services: ['web', 'api', 'site'],
  clones: ['web', 'api', 'site'],
  reaches: {
    '/call/api:8080/': ['api stable', 'api canary'],
    '/call/site:8080/': ['site stable', 'site canary'],
    '/call/site:8080/file/pages/page.txt': 'hello\n',
    '/call/api:8080/call/cache:6379/': 'cache image',
    '/call/mail:8080/call/web:8080/': 'web stable',
  },
  sharedFiles: ['/call/site:8080/file/uploads/picture'],
  ownFiles: ['/call/site:8080/file/tmp/note'],
  ends: ['abort', 'down'],
});

describeStack({
  title: 'a stack that includes another, with settings and a folder of its own',
  folder: 'included',
  clones: ['web', 'api'],
  reaches: {
    '/call/api:8080/': ['api stable', 'api canary'],
    '/call/api:8080/call/db:5432/': 'db image',
    '/call/mail:8080/call/web:8080/': 'web stable',
    '/call/mail:8080/': 'mail image',
    '/file/texts/page.txt': 'welcome\n',
  },
  ends: ['down'],
});

describeStack({
  title: 'services that extend others of other files, with secrets, configs and aliases',
  folder: 'extended',
  clones: ['web'],
  reaches: {
    '/file/run/secrets/token': 'only a test\n',
    '/file/etc/page.txt': 'a page\n',
    '/call/mail:8080/call/shop.internal:8080/': 'web stable',
  },
  ends: ['revert', 'down'],
});

describeStack({
  title: 'names, values and files of an unusual kind',
  folder: 'odd-names',
  flags: ['--profile', 'live'],
  encode: (text) => `\uFEFF${text.replaceAll('\n', '\r\n')}`,
  clones: ['shop.web', 'shop_api'],
  reaches: {
    '/call/shop_api:8080/': ['api stable', 'api canary'],
    '/call/shop_mail:8080/call/shop.web:8080/': 'web stable',
  },
  ends: ['down'],
});
