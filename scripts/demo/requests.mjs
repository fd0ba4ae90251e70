// Real requests to the shop: one, one from each of many users, or a constant stream of them.
import http from 'node:http';

/**
 * @typedef {object} Answer
 * @property {number} status 0 where there was none.
 * @property {string} text
 * @property {string} [error]
 * @property {number} began
 * @property {number} ended
 */

const TIMEOUT_MS = 10_000;
const AT_ONCE = 20;

/**
 * Sends one request on its own connection; never rejects: a failure is an answer without status.
 * @param {string} url
 * @param {{ method?: string, headers?: Record<string, string>, json?: unknown }} [options]
 * @returns {Promise<Answer>}
 */
export function send(url, { method = 'GET', headers = {}, json } = {}) {
  const body = json === undefined ? undefined : JSON.stringify(json);
  const began = Date.now();
  return new Promise((resolve) => {
    const request = http.request(
      url,
      {
        method,
        agent: false,
        headers: {
          ...headers,
          ...(body
            ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
            : {}),
        },
      },
      (response) => {
        /** @type {Buffer[]} */
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', fail);
        response.on('end', () => {
          clearTimeout(limit);
          const text = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, text, began, ended: Date.now() });
        });
      },
    );
    /** @param {NodeJS.ErrnoException} error */
    function fail(error) {
      clearTimeout(limit);
      resolve({
        status: 0,
        text: '',
        error: error.code ?? error.message,
        began,
        ended: Date.now(),
      });
    }
    const limit = setTimeout(
      () => request.destroy(Object.assign(new Error('no answer in time'), { code: 'TIMEOUT' })),
      TIMEOUT_MS,
    );
    request.on('error', fail);
    request.end(body);
  });
}

/**
 * Names of users, the same in every run.
 * @param {number} number
 */
export function makeUsers(number) {
  return Array.from({ length: number }, (_, index) => `user-${index + 1}`);
}

/**
 * One request from each user, some at once; the answers by user.
 * @param {string} url
 * @param {readonly string[]} users
 * @param {AbortSignal} signal
 */
export async function askEach(url, users, signal) {
  /** @type {Map<string, Answer>} */
  const answers = new Map();
  const waiting = users.values();
  const askOn = async () => {
    for (const user of waiting) {
      signal.throwIfAborted();
      answers.set(user, await send(url, { headers: { 'X-User-Id': user } }));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, askOn));
  return answers;
}

/**
 * Runs an action while requests go out at a constant rate, whether earlier ones are answered or not.
 * The answers come in the order of sending.
 * @param {{ url: string, perSecond: number, users: readonly string[], settle?: number }} load
 * @param {() => Promise<unknown>} action
 */
export async function whileRequested({ url, perSecond, users, settle = 1000 }, action) {
  /** @type {Promise<Answer>[]} */
  const answers = [];
  const start = Date.now();
  const sendDue = () => {
    const due = Math.floor(((Date.now() - start) * perSecond) / 1000);
    while (answers.length < due) {
      const user = users[answers.length % users.length] ?? '';
      answers.push(send(url, { headers: { 'X-User-Id': user } }));
    }
  };
  const timer = setInterval(sendDue, Math.max(1, 1000 / perSecond / 2));
  try {
    await pause(settle);
    await action();
    await pause(settle);
  } finally {
    clearInterval(timer);
  }
  return Promise.all(answers);
}

/**
 * Waits until the address answers 200; false when it has not by then.
 * @param {string} url
 * @param {number} limit
 * @param {AbortSignal} signal
 */
export async function becomesReachable(url, limit, signal) {
  const end = Date.now() + limit;
  while (Date.now() < end) {
    signal.throwIfAborted();
    if ((await send(url)).status === 200) {
      return true;
    }
    await pause(250);
  }
  return false;
}

/**
 * The sentence about the discount on the shop page, as a visitor reads it.
 * @param {string} page
 */
export function discountLine(page) {
  const paragraph = page.match(/<p class="discount">(.*?)<\/p>/s)?.[1] ?? '';
  return paragraph
    .replace(/<[^>]*>/g, '')
    .replace(/&#39;/g, "'")
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}

/** @param {number} milliseconds */
function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
