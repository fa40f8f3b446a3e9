/**
 * Stands in for the package of this name, which backtest-kit asks for and the registry does not have: a class of which there
 * is one instance. backtest-kit makes one of its one such class, so the class itself will do.
 */
export const singleton = (made) => made;
