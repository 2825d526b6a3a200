import { isPassedOn } from '../http1/field-kind.ts'
import type { Upstream } from '../schema/upstream.ts'
import { type DecodeContext, report } from './decode-context.ts'
import type { Loose } from './loose.ts'

/** Checks across the fields of an upstream. */
export function refineUpstream(upstream: Loose<Upstream>, context: DecodeContext): void {
  refineTargetIds(upstream, context)
  refineKeyName(upstream.sessionAffinity ?? {}, context)
  refineStatuses(upstream.healthCheck?.active?.expectedStatuses, context)
}

function refineTargetIds(upstream: Loose<Upstream>, context: DecodeContext): void {
  const seen = new Map<string, number>()
  for (const [index, target] of (upstream.targets ?? []).entries()) {
    const id = target?.id?.toLowerCase()
    if (id === undefined) continue
    const earlier = seen.get(id)
    if (earlier === undefined) seen.set(id, index)
    else report(context, 'duplicate_value', `the id of targets[${index}] is also that of targets[${earlier}]`, 'targets', index, 'id')
  }
}

/** The gateway writes the header of the key itself, beside what it writes of these. */
function refineKeyName({ policy, keyName }: Loose<Upstream['sessionAffinity']>, context: DecodeContext): void {
  if ((policy !== 'Hash' && policy !== 'CustomHeader') || keyName === undefined || isPassedOn(keyName)) return
  report(context, 'invalid_value', `keyName: ${keyName} is written by the gateway itself; use another header`, 'sessionAffinity', 'keyName')
}

/** "200-299,304": each from 100 to 599, ranges the right way round. */
function refineStatuses(text: string | undefined, context: DecodeContext): void {
  for (const part of text?.split(',') ?? []) {
    const [from, to] = part.split('-').map(Number)
    if (from! >= 100 && (to ?? from!) <= 599 && from! <= (to ?? from!)) continue
    report(context, 'invalid_value', `${part} is not a status, or a range of them, from 100 to 599`, 'healthCheck', 'active', 'expectedStatuses')
  }
}
