import type { RequestDraft, TransformContext } from './drafts.ts'
import { FORWARDED_ACTIONS, X_FORWARDED_PARTS } from './forwarding-fields.ts'
import type { TransformKind } from './transform-kind.ts'

const FORMATS = ['Random', 'RandomAndPort', 'RandomAndRandomPort', 'Unknown', 'UnknownAndPort', 'UnknownAndRandomPort', 'Ip', 'IpAndPort', 'IpAndRandomPort'] as const
type NodeFormat = (typeof FORMATS)[number]

const WORDS = ['proto', 'host', 'for', 'by'] as const
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const RANDOM_LENGTH = 9

/** The Forwarded header of RFC 7239 in place of X-Forwarded-* (YARP RequestHeaderForwardedTransform.cs). */
export const forwarded: TransformKind = {
  name: 'Forwarded',
  parts: { ForFormat: 'optional', ByFormat: 'optional', Action: 'optional' },
  add(input, target) {
    const wanted = input.text('Forwarded').split(/[, ]/).map((word) => word.toLowerCase()).filter((word) => word !== '')
    const bad = wanted.find((word) => !(WORDS as readonly string[]).includes(word))
    if (bad !== undefined) return input.problem('Forwarded', `"${bad}" is none of by, for, host, proto`)
    const forFormat = input.word('ForFormat', FORMATS)
    const byFormat = input.word('ByFormat', FORMATS)
    const action = input.word('Action', FORWARDED_ACTIONS)
    const has = new Set(wanted)
    target.forwarding.apply('Forwarded', action, (draft, context) => forwardedValue(has, forFormat, byFormat, draft, context))
    if (action !== 'Off') for (const part of X_FORWARDED_PARTS) target.forwarding.apply(`X-Forwarded-${part}`, 'Remove')
  }
}

/** Always in this order: proto, host, for, by. */
function forwardedValue(has: ReadonlySet<string>, forFormat: NodeFormat, byFormat: NodeFormat, draft: RequestDraft, context: TransformContext): string {
  const parts: string[] = []
  if (has.has('proto')) parts.push(`proto=${context.scheme}`)
  if (has.has('host') && draft.originalHost !== '') parts.push(`host=${quoted(draft.originalHost)}`)
  if (has.has('for')) parts.push(`for=${quoted(nodeOf(forFormat, context.clientIp, context.clientPort, context))}`)
  if (has.has('by')) parts.push(`by=${quoted(nodeOf(byFormat, context.localIp, context.localPort, context))}`)
  return parts.join(';')
}

/** RFC 7239 section 6: an address, "unknown", or a name that means nothing outside. */
function nodeOf(format: NodeFormat, ip: string, port: number, context: TransformContext): string {
  const address = ip.includes(':') ? `[${ip}]` : ip
  const name = format.startsWith('Random') ? randomName(context) : format.startsWith('Unknown') || ip === '' ? 'unknown' : address
  if (format.endsWith('AndRandomPort')) return `${name}:${randomName(context)}`
  return format.endsWith('AndPort') && port > 0 ? `${name}:${port}` : name
}

function randomName(context: TransformContext): string {
  let name = '_'
  for (let index = 0; index < RANDOM_LENGTH; index++) name += ALPHABET[Math.floor(context.random() * ALPHABET.length)]
  return name
}

/** Values with characters that no token has are quoted (RFC 7239 section 4). */
function quoted(value: string): string {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`
}
