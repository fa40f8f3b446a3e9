import { InvalidInputError } from '../errors.ts';

/**
 * How seconds are made from a coarser candle.
 * - `linear`: open → the nearer extreme → the other → close, in straight legs of a third of the time each; volume and
 *   trades shared out evenly.
 * - `bridge`: a random way, pinned to open, high, low and close, that moves about as much as a market with that range;
 *   volume and trades shared out unevenly.
 */
export type InterpolationModel = 'linear' | 'bridge';

export const INTERPOLATION_MODELS: readonly InterpolationModel[] = ['linear', 'bridge'];

/** A model and the seed of its chance; `linear` has none and takes no notice of it. */
export interface Interpolation {
  readonly model: InterpolationModel;
  /** A whole number in [0, 2^32). */
  readonly seed: number;
}

/** A model's name stands for the model with seed 1. */
export type InterpolationInput = InterpolationModel | Interpolation;

const DEFAULT_SEED = 1;

/** @throws InvalidInputError for a model that does not exist or a seed that is none */
export function toInterpolation(input: InterpolationInput = 'linear'): Interpolation {
  const { model, seed } = typeof input === 'string' ? { model: input, seed: DEFAULT_SEED } : input;
  if (!INTERPOLATION_MODELS.includes(model)) {
    throw new InvalidInputError(`an interpolation model must be ${INTERPOLATION_MODELS.join(' or ')}, not '${model}'`);
  }
  if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)) {
    throw new InvalidInputError(`a seed must be a whole number from 0 to 4294967295, not ${seed}`);
  }
  return { model, seed };
}
