/** A database of our own on a copy; nothing tells of it. */
export const NOTES = 'canary_rehearsal';

/** The databases that are not the server's. */
export const USER_SCHEMAS = `NOT IN ('mysql','information_schema','performance_schema','sys','${NOTES}')`;
