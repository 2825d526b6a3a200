import Type from 'typebox'
import { strictObject } from './field.ts'

/** How often a policy refused requests for a reason. */
export const RefusalCount = strictObject({
  policyId: Type.String({ description: "Empty where the route names a policy that is not there." }),
  policy: Type.String({ description: 'Its name, as the route that was asked for has it.' }),
  reason: Type.String({ description: 'Such as no_token, expired, unknown_key, address, rate_limited.' }),
  enforced: Type.Boolean({ description: 'false: the policy only observes, and the requests went on.' }),
  count: Type.Integer({ minimum: 0, description: 'Since the threads of the node began.' })
})
export type RefusalCount = Type.Static<typeof RefusalCount>
