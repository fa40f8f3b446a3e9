import { Decimal } from '@prate/domain';

/** From here on a fraction is brought to lowest terms; below, that costs more than it saves. */
const LARGE = 2n ** 256n;

/** An exact fraction: slow, and beyond doubt. */
export class Rational {
  readonly numerator: bigint;
  /** Above 0. */
  readonly denominator: bigint;

  private constructor(numerator: bigint, denominator: bigint) {
    const sign = denominator < 0n ? -1n : 1n;
    const common = denominator * sign < LARGE ? 1n : gcd(numerator < 0n ? -numerator : numerator, denominator * sign);
    this.numerator = (sign * numerator) / common;
    this.denominator = (sign * denominator) / common;
  }

  static of(value: bigint | number | string | Decimal): Rational {
    if (typeof value === 'bigint') return new Rational(value, 1n);
    if (typeof value === 'number' && Number.isSafeInteger(value)) return new Rational(BigInt(value), 1n);
    const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(value instanceof Decimal ? value.toFixed() : String(value));
    if (match === null) throw new TypeError(`'${value}' is no decimal number`);
    const [, sign, whole = '', part = ''] = match;
    const digits = BigInt(whole + part);
    return new Rational(sign === '-' ? -digits : digits, 10n ** BigInt(part.length));
  }

  plus(other: Rational): Rational {
    const { numerator: a, denominator: b } = this;
    if (b === other.denominator) return new Rational(a + other.numerator, b);
    return new Rational(a * other.denominator + other.numerator * b, b * other.denominator);
  }

  minus(other: Rational): Rational {
    return this.plus(other.negated());
  }

  negated(): Rational {
    return new Rational(-this.numerator, this.denominator);
  }

  times(other: Rational): Rational {
    return new Rational(this.numerator * other.numerator, this.denominator * other.denominator);
  }

  over(other: Rational): Rational {
    if (other.numerator === 0n) throw new RangeError('division by zero');
    return new Rational(this.numerator * other.denominator, this.denominator * other.numerator);
  }

  compare(other: Rational): number {
    const difference = this.numerator * other.denominator - other.numerator * this.denominator;
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }

  /** Below 0, 0 or above 0. */
  get sign(): number {
    return this.numerator < 0n ? -1 : this.numerator > 0n ? 1 : 0;
  }

  get floor(): Rational {
    const whole = this.numerator / this.denominator;
    return new Rational(whole * this.denominator > this.numerator ? whole - 1n : whole, 1n);
  }

  /** What is beyond 18 decimals left away: toward zero. */
  get cut(): Rational {
    return new Rational((this.numerator * SCALE) / this.denominator, SCALE);
  }

  /** Rounded up at 18 decimals; of a fraction at or above 0. */
  get up(): Rational {
    return new Rational((this.numerator * SCALE + this.denominator - 1n) / this.denominator, SCALE);
  }

  /** Cut at 18 decimals, without zeros at the end. */
  toString(): string {
    const scaled = (this.numerator * SCALE) / this.denominator;
    const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(19, '0');
    const part = digits.slice(-18).replace(/0+$/, '');
    return `${scaled < 0n ? '-' : ''}${digits.slice(0, -18)}${part === '' ? '' : `.${part}`}`;
  }
}

const SCALE = 10n ** 18n;

export const ZERO: Rational = Rational.of(0);
export const least = (a: Rational, b: Rational): Rational => (a.compare(b) <= 0 ? a : b);
export const most = (a: Rational, b: Rational): Rational => (a.compare(b) >= 0 ? a : b);
export const sum = (values: Iterable<Rational>): Rational => [...values].reduce((a, b) => a.plus(b), ZERO);

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x === 0n ? 1n : x;
}
