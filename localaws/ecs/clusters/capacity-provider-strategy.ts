// AWS's rules for capacity provider strategies, on clusters, services, task sets and RunTask alike.
import type { AwsShape } from '../../region.ts';
import { invalidParameter, text, whole } from '../input-members.ts';

const ITEMS_MAX = 20;
const WEIGHT_MAX = 1_000;
const BASE_MAX = 100_000;

/** The strategy with AWS's defaults filled in. @throws AwsError InvalidParameterException. */
export function checkedStrategy(items: readonly AwsShape[], clusterProviders: readonly string[]): AwsShape[] {
  if (items.length > ITEMS_MAX) throw invalidParameter(`The specified capacity provider strategy cannot contain more than ${ITEMS_MAX} items.`);
  const strategy = items.map((item) => ({
    capacityProvider: text(item, 'capacityProvider') ?? '',
    weight: whole(item, 'weight', { min: 0, max: WEIGHT_MAX }) ?? 0,
    base: whole(item, 'base', { min: 0, max: BASE_MAX }) ?? 0,
  }));
  if (strategy.some(({ capacityProvider }) => !clusterProviders.includes(capacityProvider))) {
    throw invalidParameter(
      'The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.',
    );
  }
  if (strategy.filter(({ base }) => base > 0).length > 1) {
    throw invalidParameter(
      'The specified capacity provider strategy cannot contain more than one capacity provider with a base value. Specify one base value and try again.',
    );
  }
  if (strategy.length > 0 && strategy.every(({ weight }) => weight === 0)) {
    throw invalidParameter('The specified capacity provider strategy must contain at least one capacity provider with a weight of greater than zero.');
  }
  if (new Set(strategy.map(({ capacityProvider }) => capacityProvider)).size !== strategy.length) {
    throw invalidParameter('The specified capacity provider strategy cannot contain duplicate capacity providers.');
  }
  return strategy;
}
