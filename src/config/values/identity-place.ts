/** Where a request says who its user is, as it is written in canary.yaml and in options. */
export const IDENTITY_PLACE =
  /^((header|cookie|query):[A-Za-z0-9_.-]{1,100}|jwt:[A-Za-z0-9_-]{1,100}(\.[A-Za-z0-9_-]{1,100}){0,9}|source)$/;
