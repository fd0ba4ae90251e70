/** Who got a test message. */
export interface NotifyTest {
  version: 1;
  targets: {
    /** Its name in canary.yaml, or its kind. */
    name: string;
    kind: string;
    ok: boolean;
    /** The status of the answer; `null` where there was none. */
    status: number | null;
    /** The status and what the other side said, or why it could not be told; without secrets. */
    answer: string;
  }[];
}
