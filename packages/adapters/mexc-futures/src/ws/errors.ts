import { PrateError } from '@prate/domain';

/** MEXC refused the login of the private stream: the key, its permissions, its addresses or the clock. */
export class LoginRefusedError extends PrateError {
  readonly code = 'LOGIN_REFUSED';

  constructor(answer: string, options?: ErrorOptions) {
    super(`MEXC refused the login of the socket: ${answer}`, options);
  }
}

/** MEXC refused a subscription, for an unknown contract say; `answer` is its text. */
export class SubscriptionRefusedError extends PrateError {
  readonly code = 'SUBSCRIPTION_REFUSED';

  constructor(what: string, answer: string, options?: ErrorOptions) {
    super(`MEXC refused the subscription of ${what}: ${answer}`, options);
  }
}
