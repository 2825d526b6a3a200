import type { SessionAffinity } from '../../shared/schema/session-affinity.ts'
import { fieldValue } from '../../shared/transforms/header-lines.ts'
import type { Affinity } from '../../shared/affinity/affinity.ts'
import type { AffinityKeys } from './affinity-keys.ts'

/** By a header that holds the key of a target: given in the first answer, brought by the client from then on (YARP CustomHeaderSessionAffinityPolicy.cs). */
export function headerAffinity({ keyName, failurePolicy }: SessionAffinity, keys: AffinityKeys): Affinity {
  const header = keyName.toLowerCase()
  return {
    refusesBroken: failurePolicy === 'Return503',
    headerName: '',
    find({ fields }, available) {
      // Several values are joined, and then the key of nobody.
      const key = fieldValue(fields, header)
      if (key === null || key === '') return { target: null, isBroken: false }
      const targetId = keys.targetOf(key)
      const target = available.find(({ id }) => id === targetId) ?? null
      return { target, isBroken: target === null }
    },
    bind({ id }) {
      const key = keys.keyOf(id)
      return key === '' ? '' : `${keyName}: ${key}\r\n`
    },
    headerValue: () => ''
  }
}
