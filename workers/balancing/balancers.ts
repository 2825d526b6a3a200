import type { LoadBalancing } from '../../shared/schema/upstream.ts'
import type { PickTarget } from './choice.ts'
import { pickFirstAlphabetical } from './first-alphabetical.ts'
import { pickLeastRequests } from './least-requests.ts'
import { pickPowerOfTwoChoices } from './power-of-two-choices.ts'
import { pickRandom } from './random-choice.ts'
import { pickRoundRobin } from './round-robin.ts'
import { pickWeightedRoundRobin } from './weighted-round-robin.ts'

export const BALANCERS: Readonly<Record<LoadBalancing, PickTarget>> = {
  PowerOfTwoChoices: pickPowerOfTwoChoices,
  RoundRobin: pickRoundRobin,
  WeightedRoundRobin: pickWeightedRoundRobin,
  LeastRequests: pickLeastRequests,
  Random: pickRandom,
  FirstAlphabetical: pickFirstAlphabetical
}
