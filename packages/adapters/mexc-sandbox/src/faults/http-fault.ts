/** What goes wrong with one request. */
export type HttpFault =
  /** The answer comes `ms` later, on the sandbox's clock. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** No answer, and the connection stays open. */
  | { readonly kind: 'hang' }
  /** The connection is reset. */
  | { readonly kind: 'reset' }
  /** Another HTTP status with an HTML page. `retryAfterSeconds` becomes the header. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterSeconds?: number | undefined }
  /** A page with status 200. */
  | { readonly kind: 'html' }
  /** Status 200 and not a byte of body. */
  | { readonly kind: 'empty' }
  /** `success:false` with this code. */
  | { readonly kind: 'refuse'; readonly code: number; readonly message?: string | undefined }
  /** The true answer, cut in the middle of its JSON. */
  | { readonly kind: 'truncated' }
  /** The true answer, as `text/plain`. */
  | { readonly kind: 'wrongType' }
  /** The true answer without `data`. */
  | { readonly kind: 'noData' };

export interface HttpFaultRule {
  readonly fault: HttpFault;
  /** `'POST /api/v1/private/order/create'`; a `*` at the end takes all that begins so. Absent: every request. */
  readonly route?: string | undefined;
  /** How many requests it meets; 1 where absent, `Infinity` until `clear()`. */
  readonly times?: number | undefined;
  /** The share of requests that it meets; 1 where absent. */
  readonly chance?: number | undefined;
  /** Of its chance. Absent: the sandbox's own, counted up with every fault. */
  readonly seed?: number | undefined;
  /**
   * The request takes effect first (the order is placed), and then its answer goes wrong. Spoilt true answers
   * (`truncated`, `wrongType`, `noData`) do so in any case.
   */
  readonly after?: boolean | undefined;
}

/** Whether the request is worked on although its answer goes wrong. */
export const takesEffect = ({ fault, after }: HttpFaultRule): boolean =>
  after === true || fault.kind === 'truncated' || fault.kind === 'wrongType' || fault.kind === 'noData';
