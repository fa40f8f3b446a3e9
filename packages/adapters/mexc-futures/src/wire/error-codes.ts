/**
 * MEXC's error codes, as far as they concern orders, positions and market data. Sources: MEXC's own table of 2026-05, the
 * tables of two clients (2026-08, 2026-11). Codes of promotions, transfers, bots and prediction products are left out; an
 * unknown code is a refusal like any other, and kept.
 */
const MEANINGS: readonly (readonly [codes: string, meaning: string])[] = [
  ['401', 'not logged in, or the login has expired'],
  ['402', 'the API key has expired'],
  ['403 429 503 504', 'an edge or gateway refused'],
  ['406', "the IP address is not on the key's list"],
  ['500', 'internal error'],
  ['501', 'the system is busy'],
  ['506', 'unknown source of the request'],
  ['510', 'too frequent'],
  ['511', 'no access to this endpoint'],
  ['513', 'the time of the request lies outside the window'],
  ['600', 'parameter error'],
  ['601', 'the body cannot be parsed'],
  ['602', 'the signature is wrong'],
  ['603', 'repeated request'],
  ['604 801', 'under maintenance'],
  ['701', 'the key lacks the permission to read the account'],
  ['702', 'the key lacks the permission to change the account'],
  ['703', 'the key lacks the permission to read orders'],
  ['704', 'the key lacks the permission to place orders'],
  ['1000', 'the futures account does not exist: it has not been opened'],
  ['1001', 'the contract does not exist'],
  ['1002', 'the contract is not activated, or not for orders by API'],
  ['1003', 'risk tier error'],
  ['1004', 'amount error'],
  ['2001', 'wrong side'],
  ['2002', 'wrong open type'],
  ['2003', 'the buy price is too high'],
  ['2004', 'the sell price is too low'],
  ['2005', 'insufficient balance'],
  ['2006', 'leverage out of range'],
  ['2007', 'wrong price'],
  ['2008', 'less can be closed than asked for'],
  ['2009', 'the position does not exist or is closed'],
  ['2011', 'wrong quantity'],
  ['2013', 'too many orders in one cancel'],
  ['2014', 'too many orders in one batch'],
  ['2015', 'wrong precision of price or quantity'],
  ['2016', 'too many trigger orders'],
  ['2018', 'more than the margin that can be removed'],
  ['2019', 'leverage cannot change while orders are open'],
  ['2021', "the leverage differs from the position's"],
  ['2022', 'wrong position type'],
  ['2023 2024 2025 2031 2038', 'above the risk limit or the largest position'],
  ['2026', 'leverage is fixed for cross margin'],
  ['2027', 'cross and isolated exclude each other in one direction'],
  ['2028 2036 2051', 'too many orders, or too large an order'],
  ['2029', 'order type not supported'],
  ['2030', 'the client order id is longer than 32 characters'],
  ['2032 2033', 'the price lies beyond the liquidation price'],
  ['2034', 'too many orders in one query'],
  ['2035', 'market level not supported'],
  ['2037', 'trading too frequent'],
  ['2039', "larger than the other side's best level"],
  ['2040', 'the order does not exist'],
  ['2041', 'the state of the order does not allow it: it is final'],
  ['2042', 'duplicate order id'],
  ['2043', 'the order does not match the position'],
  ['2044', 'insufficient margin for this leverage'],
  ['2045 2046 2047 2048', 'callback ratio or distance out of bounds'],
  ['2049', 'the fill would liquidate'],
  ['2052 2053 2054 2055', 'the order cannot be edited'],
  ['2056', 'closing at market is under way already'],
  ['2057 7008', 'below the minimum amount'],
  ['2058 2059 2060 2061 2062 2063 2064 2065 2066 2070 2071 2072 2073 2074 2075 2076', 'a rule of chase orders'],
  ['3001', 'wrong trigger price type'],
  ['3002', 'wrong trigger type'],
  ['3003', 'wrong execution cycle'],
  ['3004', 'wrong trigger price'],
  ['3006 3015', 'only untriggered orders can be edited'],
  ['3007 3008 3009 3010 3011 3012 3013 3014', 'take-profit or stop-loss on the wrong side of the trigger price'],
  ['4001', 'unsupported currency'],
  ['5001', 'neither take-profit nor stop-loss is given'],
  ['5002', 'the take-profit or stop-loss does not exist or is closed'],
  ['5003', 'wrong price of take-profit or stop-loss'],
  ['5004', 'more than can be closed'],
  ['5005', 'there is a take-profit or stop-loss of the whole position already'],
  ['5006', 'the opposite side uses another margin mode'],
  ['6001', 'trading is forbidden'],
  ['6002', 'opening is forbidden'],
  ['6003', 'the time range is longer than 90 days'],
  ['6004', 'symbol and state are required'],
  ['6005', 'the pair is not available'],
  ['6008', 'a notice of the multi-asset mode'],
  ['6009', 'risk control'],
  [
    '6006 6007 6010 6011 6012 6013 6014 6015 6016 6017 6018 6019 6020 6021 6022 6023 6024 6025',
    'a rule of multi-asset mode',
  ],
  ['7001', 'close orders and positions before changing the position mode'],
  ['7002', "the order's position mode is not the account's"],
  ['7003', 'the open type must equal the existing one'],
  ['7004', 'the leverage must equal the existing one'],
  ['7005', 'closes more than the position'],
  ['7009', 'the leverage of the account is too high'],
  ['8815 8816 8818 8819 8820 8821', 'above the largest position at this leverage'],
  ['8817', 'this risk limit mechanism was replaced'],
  ['8915', 'the leverage mode is fixed while orders exist'],
  ['8917', 'reduce-only would leave other orders without margin'],
  ['8918', 'the query is not for this user'],
  ['8919', 'above an account-wide cap'],
  ['8920 8932 8934', 'opening is suspended for this pair, only closing is possible'],
  ['8921', 'closing is suspended'],
  ['8922', 'trading is suspended'],
  ['8930', 'not listed yet'],
  ['8931', 'above the largest leverage of the region'],
  ['9068', 'the market is closed: cancels only'],
  ['9069', 'take-profit and stop-loss of this pair must use the fair price'],
  ['9070', 'the pair supports isolated margin only'],
  ['9071', 'the pair supports cross margin only'],
  ['9998', 'the region is served for closing positions only'],
  ['9999', 'network fault'],
  ['200005 300000 300001', 'the account must be verified (KYC)'],
  ['200006', 'unverified accounts have at most 1000 USDT of margin'],
  ['300002', 'the region is not served'],
];

const meanings: ReadonlyMap<number, string> = new Map(
  MEANINGS.flatMap(([codes, meaning]) => codes.split(' ').map((code) => [Number(code), meaning] as const)),
);

/** What a code means, in English; undefined for one that is not in the table. */
export const meaningOf = (code: number): string | undefined => meanings.get(code);

export const TOO_FREQUENT = 510;
export const TIME_OUTSIDE_WINDOW = 513;

/** After these the order may stand nevertheless: "look the order up first". For a write they prove nothing. */
const UNPROVEN: ReadonlySet<number> = new Set([403, 429, 500, 501, 503, 504, 603, 2042, 2056, 6008, 9999]);
export const provesNothing = (code: number): boolean => UNPROVEN.has(code);

/** A read that got this may be repeated after a pause. */
const PASSING: ReadonlySet<number> = new Set([403, 429, 500, 501, 503, 504, TOO_FREQUENT, TIME_OUTSIDE_WINDOW, 9999]);
export const isPassing = (code: number): boolean => PASSING.has(code);

/** Passes by itself, but not within seconds. */
export const isMaintenance = (code: number): boolean => code === 604 || code === 801;
