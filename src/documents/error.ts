/** The error of a command that failed. */
export interface ErrorDocument {
  error: {
    /**
     * An error code from docs/reference/errors.md, or `internal`: a bug in canary. Codes do not
     * change.
     */
    code: string;
    /** One sentence for people; its wording may change. */
    message: string;
    /** What to do about it. */
    hint: string | null;
    /** Details, such as the files or services concerned, or the output of a program. */
    details?: readonly string[];
    /** The problems of canary.yaml by their places, in the order of the file. */
    problems?: readonly {
      /** The setting, such as `services.web.entry`. */
      path: string;
      /** From 1. */
      line: number;
      /** From 1, in UTF-16 code units. */
      column: number;
      message: string;
    }[];
    /** Only of a command that may have moved users. */
    users?: UsersNow;
  };
}

/** Where users are once a command has failed. */
export interface UsersNow {
  /** The share of users on the canary in percent; null if nobody knows, or nobody is answered. */
  canary: number | null;
  /** The same as one sentence for people; its wording may change. */
  text: string;
}
