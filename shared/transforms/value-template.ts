import { PARAMETER_NAME } from '../routing/template/parameter-name.ts'
import type { TransformContext } from './drafts.ts'
import { unknownRouteValue } from './route-value-names.ts'

/** A value that is known beforehand, or filled in for each request. Null when what it needs is not there. */
export type ValueTemplate = (context: TransformContext) => string | null

type Part = string | ValueTemplate

const OWN: Readonly<Record<string, ValueTemplate>> = {
  'request.id': (context) => context.requestId,
  'client.ip': (context) => context.clientIp,
  tenant: (context) => context.tenant,
  user: (context) => context.user
}

const PLACEHOLDER = new RegExp(`\\$\\{([^}]*)\\}|\\{(${PARAMETER_NAME.source})\\}`, 'g')

/** The text without its placeholders: what is sent as it stands. */
export function withoutPlaceholders(text: string): string {
  return text.replace(PLACEHOLDER, '')
}

/**
 * Reads a value with {routeValue}, ${request.id}, ${client.ip}, ${tenant}, ${user} and ${secret:name} in it. Braces around
 * something that is no name stay as they are. Returns in words what is wrong, else the template.
 */
export function parseValueTemplate(text: string, routeValues: ReadonlySet<string>): ValueTemplate | string {
  const parts: Part[] = []
  let end = 0
  for (const found of text.matchAll(PLACEHOLDER)) {
    if (found.index > end) parts.push(text.slice(end, found.index))
    end = found.index + found[0].length
    const part = found[1] === undefined ? routeValuePart(found[2]!, routeValues) : ownPart(found[1])
    if (typeof part === 'string') return part
    parts.push(part)
  }
  if (end < text.length) parts.push(text.slice(end))
  return templateOf(parts)
}

function routeValuePart(name: string, routeValues: ReadonlySet<string>): ValueTemplate | string {
  if (routeValues.has(name.toLowerCase())) return (context) => context.routeValue(name)
  return unknownRouteValue(name, routeValues)
}

function ownPart(name: string): ValueTemplate | string {
  const own = OWN[name]
  if (own !== undefined) return own
  if (/^secret:[^\s]{1,200}$/.test(name)) return (context) => context.secret(name.slice('secret:'.length))
  return `\${${name}} is not known: there are ${Object.keys(OWN).map((known) => `\${${known}}`).join(', ')} and \${secret:name}`
}

function templateOf(parts: readonly Part[]): ValueTemplate {
  if (parts.length === 0) return () => ''
  const [first] = parts
  if (parts.length === 1) return typeof first === 'string' ? () => first : (context) => first!(context)
  return (context) => {
    let text = ''
    for (const part of parts) {
      const piece = typeof part === 'string' ? part : part(context)
      if (piece === null) return null
      text += piece
    }
    return text
  }
}

/** The value as a header may hold it: what is decoded from a path must not begin another line (RFC 9110 section 5.5). */
export function headerSafe(value: string): string {
  return /[^\t\x20-\x7e]/.test(value) ? value.replace(/[^\t\x20-\x7e]+/gu, (text) => encodeURIComponent(text.toWellFormed())) : value
}

/** The value as part of a path; slashes stay where `keepsSlashes` (RFC 3986 section 3.3). */
export function pathSafe(value: string, keepsSlashes: boolean): string {
  const encoded = encodeURIComponent(value.toWellFormed()).replace(/%(?:3A|40|24|26|2B|2C|3B|3D|21|27|28|29|2A)/g, decodeURIComponent)
  return keepsSlashes ? encoded.replaceAll('%2F', '/') : encoded
}
