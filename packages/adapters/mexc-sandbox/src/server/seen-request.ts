/** A request as it was seen, without its headers: keys and signatures are not in it. */
export interface SeenRequest {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly body: string;
  readonly timeMs: number;
}
