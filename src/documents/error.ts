/** How a command failed. */
export interface ErrorDocument {
  error: {
    /** One of docs/reference/errors.md, or `internal`: a bug in canary. Stable. */
    code: string;
    /** One sentence for people; it may change. */
    message: string;
    /** What to do. */
    hint: string | null;
    /** Such as the files or services concerned, or what a program printed. */
    details?: readonly string[];
  };
}
