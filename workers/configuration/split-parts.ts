import type { RuntimePart } from './runtime-part.ts'

/** Characters of a part: a thread takes in about this much in a millisecond. */
const MOST_CHARACTERS = 32_768

/**
 * Cuts a change into JSON texts of parts that can be applied one after the other: upstreams before the routes that use them,
 * what is removed after what replaces it.
 */
export function splitParts(whole: RuntimePart): string[] {
  const parts: string[] = []
  for (const list of pieces(whole.upstreams)) parts.push(`{"upstreams":${list}}`)
  for (const list of pieces(whole.policies)) parts.push(`{"policies":${list}}`)
  for (const list of pieces(whole.removedRoutes)) parts.push(`{"removedRoutes":${list}}`)
  for (const list of pieces(whole.disabledRoutes)) parts.push(`{"disabledRoutes":${list}}`)
  for (const list of pieces(whole.routes)) parts.push(`{"routes":${list}}`)
  for (const list of pieces(whole.removedUpstreams)) parts.push(`{"removedUpstreams":${list}}`)
  for (const list of pieces(whole.removedPolicies)) parts.push(`{"removedPolicies":${list}}`)
  if (whole.providers !== undefined) parts.push(`{"providers":${JSON.stringify(whole.providers)}}`)
  if (whole.listeners !== undefined) parts.push(`{"listeners":${JSON.stringify(whole.listeners)}}`)
  return parts
}

/** The items as JSON lists of bounded length. */
function pieces(items: readonly unknown[] = []): string[] {
  const lists: string[] = []
  let list = ''
  for (const item of items) {
    list += `${list === '' ? '[' : ','}${JSON.stringify(item)}`
    if (list.length < MOST_CHARACTERS) continue
    lists.push(`${list}]`)
    list = ''
  }
  if (list !== '') lists.push(`${list}]`)
  return lists
}
