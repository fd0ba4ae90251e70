/**
 * What the service is told of how the user came, with the port that users know, beside `X-Forwarded-For`. A proxy in front of this one may have said it
 * already; about TLS that ends here nobody else can know.
 */
export function forwardedLines(isTls: boolean, published?: number): string[] {
  const where = (name: string) => `if !{ req.hdr(${name}) -m found }`;
  return [
    isTls
      ? 'http-request set-header X-Forwarded-Proto https'
      : `http-request set-header X-Forwarded-Proto http ${where('X-Forwarded-Proto')}`,
    `http-request set-header X-Forwarded-Host %[req.hdr(Host)] ${where('X-Forwarded-Host')} { req.hdr(Host) -m found }`,
    ...(published === undefined
      ? []
      : [`http-request set-header X-Forwarded-Port ${published} ${where('X-Forwarded-Port')}`]),
  ];
}
