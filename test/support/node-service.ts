/** The part of a compose file that builds a service of the folder `store-frontend`. */
export const NODE_BUILD = `build:
      context: ./store-frontend
      args:
        BASE: \${NODE_IMAGE:-node:20-slim}`;

/** The ports that the services of Storedog publish, which are free. */
export function portsOf(compose: string): { frontend: string; discounts: string } {
  const published = (port: number) => new RegExp(`"(\\d+):${port}"`).exec(compose)?.[1] ?? '';
  return { frontend: published(3000), discounts: published(5001) };
}
