import { describe, expect, test } from 'vitest';
import {
  type ConfigurationFile,
  hostsOf,
} from '../../../../src/compose/services/configuration-file.ts';
import { edgeKeepsAddresses, edgeKind } from '../../../../src/compose/services/edge.ts';

const file = (text: string): ConfigurationFile => ({ path: 'x', text });

function sendsTo(configuration: ConfigurationFile, host: string): boolean {
  const { inDirectives, inUrls } = hostsOf(configuration);
  return inDirectives.has(host) || inUrls.has(host);
}

describe('an edge', () => {
  test.each([
    ['nginx', 'nginx'],
    ['registry.example:5000/team/nginx:1.27-alpine', 'nginx'],
    ['nginxinc/nginx-unprivileged@sha256:abc', 'nginx'],
    ['openresty/openresty:alpine', 'nginx'],
    ['traefik:v3.1', 'traefik'],
    ['caddy:2-builder', 'caddy'],
    ['haproxytech/haproxy-alpine:3.0', 'haproxy'],
    ['envoyproxy/envoy:v1.30', 'envoy'],
    ['httpd:2.4', 'apache'],
    ['example/nginx-exporter', undefined],
    ['example/shop:nginx', undefined],
    ['nginx.example/shop', undefined],
  ])('runs %s: %s', (image, kind) => {
    expect(edgeKind({ image })).toBe(kind);
  });

  test('is recognised by the base image of its last stage, whatever its own image is called', () => {
    const build = { context: '/shop/edge' };
    const on = (dockerfile: string) => edgeKind({ image: 'nginx', build }, [file(dockerfile)]);
    expect(on('FROM node:20 AS build\nFROM --platform=linux/amd64 nginx:1 AS run\n')).toBe('nginx');
    expect(on('FROM nginx:1 AS files\nFROM node:20\n')).toBeUndefined();
  });

  test('is recognised by the path of its configuration', () => {
    const volumes = [{ type: 'bind', source: '/shop/c', target: '/etc/caddy/Caddyfile' }];
    expect(edgeKind({ image: 'example/edge', volumes })).toBe('caddy');
    expect(edgeKind({ configs: [{ source: 'c', target: '/etc/nginx/conf.d/x.conf' }] })).toBe(
      'nginx',
    );
  });

  test.each([
    ['nginx', true],
    ['caddy', false],
    ['traefik', false],
    ['example/unknown', true],
  ])('%s keeps resolved addresses: %s', (image, keeps) => {
    expect(edgeKeepsAddresses({ image })).toBe(keeps);
  });
});

describe('a configuration sends requests to a host', () => {
  test.each([
    ['proxy_pass http://web:3000;'],
    ['location / { proxy_pass http://web; }'],
    ['upstream app {\n  server web:3000 weight=5;\n}'],
    ['upstream app { server web; }'],
    ['shop.example {\n  reverse_proxy web:3000\n}'],
    ['reverse_proxy /api/* web:3000 other:3000'],
    ['reverse_proxy {\n  to web:3000\n}'],
    ['servers:\n  - url: "http://web:3000/"'],
    ['server app1 web:3000 check'],
    ['address: web'],
    ['ProxyPass / http://web:3000/'],
    ['{"api":"http://user@web/"}'],
  ])('%s', (text) => {
    expect(sendsTo(file(text), 'web')).toBe(true);
  });

  test.each([
    ['# proxy_pass http://web:3000;'],
    ['proxy_pass http://web-admin:3000;'],
    ['proxy_pass http://my.web:3000;'],
    ['server_name web;'],
    ['root /srv/web;'],
    ['the web is wide'],
  ])('not: %s', (text) => {
    expect(sendsTo(file(text), 'web')).toBe(false);
  });
});
