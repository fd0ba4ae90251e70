/** One user request, as the proxy saw it. */
export interface UserRequest {
  /** When it ended, in milliseconds. */
  at: number;
  /** The side the user is on, even if the other side answered in the end. */
  side: 'stable' | 'canary';
  /** The user: a number derived from the identity, or from the address if the client keeps none. */
  user: number;
  /** The route, so that one bad page is visible among many good ones: `GET /products/*`. */
  group: string;
  status: number;
  /**
   * A 5xx, a timeout, or a connection that broke on the service's side; also if the shield then
   * answered.
   */
  failed: boolean;
  /**
   * From the request's last byte to the response's, in milliseconds; absent if another side
   * answered.
   */
  duration: number | undefined;
  /** Size of the response's body and header; absent as above. */
  bytes: number | undefined;
}
