/** One request of a user, as the proxy saw it. */
export interface UserRequest {
  /** When it ended, in milliseconds. */
  at: number;
  /** The side the user is on, whoever answered in the end. */
  side: 'stable' | 'canary';
  /** Who it was: a number made of the identity, or of the address where a client keeps none. */
  user: number;
  /** What is asked for, so that one bad page shows among many good ones: `GET /products/*`. */
  group: string;
  status: number;
  /** A 5xx, a timeout, a connection that broke on the service's side; also where the shield then answered. */
  failed: boolean;
  /** From the request's last byte to the answer's, in milliseconds; absent where another side answered. */
  duration: number | undefined;
  /** Of the answer's body and head; absent as above. */
  bytes: number | undefined;
}
