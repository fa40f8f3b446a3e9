import { listOf } from '../wire/fields.ts';

const KEYS = [
  'order',
  'order.deal',
  'position',
  'plan.order',
  'stop.order',
  'stop.planorder',
  'risk.limit',
  'adl.level',
  'asset',
] as const;
const WITHOUT_RULES: readonly string[] = ['asset', 'adl.level'];

/** Which private pushes a connection wants: all, some by channel and symbol, or none. */
export class PersonalFilter {
  readonly #rules: ReadonlyMap<string, readonly string[]> | 'all' | 'none';

  private constructor(rules: ReadonlyMap<string, readonly string[]> | 'all' | 'none') {
    this.#rules = rules;
  }

  static readonly all: PersonalFilter = new PersonalFilter('all');
  static readonly none: PersonalFilter = new PersonalFilter('none');

  /**
   * Of `{"filters":[{"filter":"order","rules":["BTC_USDT"]}]}`; an empty list wants everything.
   * @throws an error for a key that there is none of
   */
  static read(param: unknown): PersonalFilter {
    const filters = listOf((param as { readonly filters?: unknown } | null)?.filters, 'a list of filters');
    if (filters.length === 0) return PersonalFilter.all;
    const rules = new Map<string, readonly string[]>();
    for (const entry of filters) {
      const { filter, rules: symbols } = (entry ?? {}) as { readonly filter?: unknown; readonly rules?: unknown };
      if (!KEYS.some((key) => key === filter)) throw new Error(`filter must be one of ${KEYS.join(', ')}`);
      const named = symbols === undefined || WITHOUT_RULES.includes(filter as string) ? [] : listOf(symbols, 'symbols');
      rules.set(filter as string, named.map(String));
    }
    return new PersonalFilter(rules);
  }

  /** @param name the channel without `push.personal.` */
  wants(name: string, symbol: string | null): boolean {
    if (typeof this.#rules === 'string') return this.#rules === 'all';
    const symbols = this.#rules.get(name);
    if (symbols === undefined) return false;
    return symbols.length === 0 || symbol === null || symbols.includes(symbol);
  }
}
