import { Decimal } from '@prate/domain';
import { type CallOptions, type Logger, silentLogger } from '@prate/runtime';
import type { MarketRest } from '../rest/market-rest.ts';
import type { DecimalText } from '../wire/fields.ts';
import type { WireContract } from '../wire/market.ts';

/**
 * All contracts, by the stricter of `detail` and `detail/country`: limits of the caller's region and the rows of the risk
 * tiers are in the second alone. Without an answer of the second the first is used as it is, and the log says so.
 */
export async function loadContracts(
  market: Pick<MarketRest, 'contracts' | 'contractsOfCountry'>,
  options: CallOptions & { readonly logger?: Logger | undefined } = {},
): Promise<readonly WireContract[]> {
  const { signal, logger = silentLogger } = options;
  const [everywhere, here] = await Promise.all([
    market.contracts({ signal }),
    market.contractsOfCountry({ signal }).catch((error: unknown) => {
      signal?.throwIfAborted();
      logger.warn({ error: String(error) }, 'contracts without the limits of this region: detail/country failed');
      return [];
    }),
  ]);
  const bySymbol = new Map(here.map((contract) => [contract.symbol, contract]));
  return everywhere.map((contract) => stricter(contract, bySymbol.get(contract.symbol)));
}

/** Two answers about one contract; they differ in limits and permissions only. */
export function stricter(contract: WireContract, other: WireContract | undefined): WireContract {
  // where not even the size agrees nothing may be mixed
  if (other === undefined || other.contractSize !== contract.contractSize) return contract;
  return {
    ...contract,
    state: contract.state === 0 ? other.state : contract.state,
    apiAllowed: contract.apiAllowed === false ? false : (other.apiAllowed ?? contract.apiAllowed),
    isHidden: contract.isHidden || other.isHidden,
    maxVol: least(contract.maxVol, other.maxVol),
    limitMaxVol: leastOf(contract, other),
    minVol: Decimal.max(contract.minVol, other.minVol).toString(),
    maxLeverage: Math.min(contract.maxLeverage, other.maxLeverage),
    countryConfigContractMaxLeverage:
      other.countryConfigContractMaxLeverage ?? contract.countryConfigContractMaxLeverage,
    riskLimitCustom: other.riskLimitCustom.length > 0 ? other.riskLimitCustom : contract.riskLimitCustom,
  };
}

const least = (a: DecimalText, b: DecimalText): DecimalText => Decimal.min(a, b).toString();

/** Of limit orders, whose most is `maxVol` where there is no own. */
const leastOf = (a: WireContract, b: WireContract): DecimalText | null =>
  a.limitMaxVol === null && b.limitMaxVol === null ? null : least(a.limitMaxVol ?? a.maxVol, b.limitMaxVol ?? b.maxVol);
