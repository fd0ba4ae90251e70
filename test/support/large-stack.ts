import type { Files } from './fixture-project.ts';

/** A shop with this many services: each calls three others, every hundredth is an entry. Two are chosen. */
export function largeStack(count: number): Files {
  const name = (index: number) => `service-${String(index % count).padStart(4, '0')}`;
  const services = Array.from({ length: count }, (_, index) => {
    const callees = [1, 7, 31].map((step) => name(index + step));
    return `  ${name(index)}:
    build: ./code
    restart: unless-stopped
    environment:
      URLS: http://${callees[0]}:8080/,http://${callees[1]}:8080/api
      PEER: ${callees[2]}:8080
      LEVEL: \${LEVEL:-info}
    ${index % 100 === 0 ? `ports: ["${3000 + index / 100}:8080"]` : 'expose: ["8080"]'}
    networks: [front, back]
    volumes: [files-${index % 10}:/files, ./code:/code:ro]
    labels: { team: team-${index % 7} }
    healthcheck: { test: [CMD, "true"], interval: 5s }
`;
  });
  const volumes = Array.from({ length: 10 }, (_, index) => `files-${index}`);
  return {
    'compose.yaml': `name: large
services:
${services.join('')}networks: { front: , back: }
volumes: { ${volumes.map((volume) => `${volume}: `).join(', ')} }
`,
    'code/Dockerfile': 'FROM scratch\n',
    'canary.yaml': `version: 1
services:
  ${name(0)}: { entry: 3000, preview: 13000 }
  ${name(1)}: { mesh: true }
`,
  };
}
