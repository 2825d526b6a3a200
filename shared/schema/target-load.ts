import Type from 'typebox'
import { strictObject } from './field.ts'

const count = (description: string) => Type.Integer({ minimum: 0, description })

/** What a node does with a target now. */
export const TargetLoad = strictObject({
  targetId: Type.String({ minLength: 1, maxLength: 128 }),
  isAvailable: Type.Boolean({ description: 'New requests may go to it: nobody took it out, and neither probes nor its answers speak against it.' }),
  inFlight: count('Requests that wait for its answer.'),
  succeeded: count('Attempts that went well, since the node began.'),
  failed: count('Attempts that failed, since the node began.')
})
export type TargetLoad = Type.Static<typeof TargetLoad>
