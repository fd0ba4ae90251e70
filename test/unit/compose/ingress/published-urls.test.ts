import { expect, test } from 'vitest';
import { hostIpsOf, publishedUrls } from '../../../../src/compose/ingress/published-urls.ts';

test.each([
  [[undefined], ['http://localhost:80']],
  [['0.0.0.0', '::'], ['http://localhost:80']],
  [
    ['127.0.0.1', '10.0.0.5', '::1'],
    ['http://127.0.0.1:80', 'http://10.0.0.5:80', 'http://[::1]:80'],
  ],
  [[], []],
])('users reach a port published at %j at %j', (hostIps, urls) => {
  expect(publishedUrls('http', 80, hostIps)).toEqual(urls);
});

test('a port has the addresses of its own definitions over TCP', () => {
  const ports = [
    { target: 1, published: '80', host_ip: '10.0.0.5' },
    { target: 1, published: '80', host_ip: '10.0.0.6', protocol: 'udp' },
    { target: 1, published: '81', host_ip: '10.0.0.7' },
    { target: 1, published: '80', host_ip: '::1', protocol: 'tcp' },
  ];
  expect(hostIpsOf(ports, 80)).toEqual(['10.0.0.5', '::1']);
});
