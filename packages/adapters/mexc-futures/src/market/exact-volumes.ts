import type { Decimal } from '@prate/domain';
import { DecimalColumnBuilder, formatScaled, type NumberColumn, parseScaled } from '@prate/domain/candles';

const MOST_DECIMALS = 22;

/** Contracts to base asset, exactly: the same whole numbers times those of the contract size, on a finer grid. */
export function toBaseColumn(contracts: NumberColumn, contractSize: Decimal): NumberColumn {
  const size = parseScaled(contractSize.toString());
  const factor = Number(size.digits);
  const { decimals, values } = contracts;
  if (decimals !== null && values instanceof Float64Array && decimals + size.decimals <= MOST_DECIMALS) {
    const scaled = factor === 1 ? values : timesWhole(values, factor);
    if (scaled !== null) return { decimals: decimals + size.decimals, values: scaled };
  }
  const builder = new DecimalColumnBuilder('sum');
  for (const value of values) builder.push(contractSize.mul(formatScaled(value, decimals)).toString());
  return builder.finish();
}

/** Null where a product is more than a double counts to. */
function timesWhole(values: Float64Array, factor: number): Float64Array | null {
  const products = new Float64Array(values.length);
  for (let i = 0; i < values.length; i += 1) {
    const product = (values[i] as number) * factor;
    if (!(product <= Number.MAX_SAFE_INTEGER)) return null;
    products[i] = product;
  }
  return products;
}
