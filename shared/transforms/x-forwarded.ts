import type { RequestDraft, RequestStep, TransformContext } from './drafts.ts'
import { fieldValue, withField, withoutField } from './header-lines.ts'
import type { TransformKind } from './transform-kind.ts'

const ACTIONS = ['Set', 'Append', 'Remove', 'Off'] as const
export type ForwardedAction = (typeof ACTIONS)[number]

const PARTS = ['For', 'Proto', 'Host', 'Prefix'] as const
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

const VALUES: Readonly<Record<(typeof PARTS)[number], (draft: RequestDraft, context: TransformContext, isAppended: boolean) => string>> = {
  // Each proxy appends whom it got the request from; what came before ends with the client already.
  For: (_draft, context, isAppended) => (isAppended ? context.peerIp : context.clientIp),
  Proto: (_draft, context) => context.scheme,
  Host: (draft) => draft.originalHost,
  // The path base of ASP.NET; a gateway has none.
  Prefix: () => ''
}

/** The X-Forwarded headers (YARP ForwardedTransformFactory.cs, RequestHeaderXForwarded*Transform.cs). */
export const xForwarded: TransformKind = {
  name: 'X-Forwarded',
  parts: { For: 'optional', Proto: 'optional', Host: 'optional', Prefix: 'optional', HeaderPrefix: 'optional' },
  add(input, target) {
    const main = input.word('X-Forwarded', ACTIONS)
    const headerPrefix = input.has('HeaderPrefix') ? input.text('HeaderPrefix') : 'X-Forwarded-'
    if (!TOKEN.test(headerPrefix)) return input.problem('HeaderPrefix', `"${headerPrefix}" is no beginning of a header name`)
    const steps = PARTS.map((part) => xForwardedStep(headerPrefix + part, input.has(part) ? input.word(part, ACTIONS) : main, VALUES[part]))
    target.options.forwarding = (draft, context) => {
      for (const step of steps) step(draft, context)
    }
  }
}

/** One header: Set writes what the gateway knows, Append puts it behind what came, Remove leaves it out, Off passes on what came. */
function xForwardedStep(name: string, action: ForwardedAction, valueOf: (draft: RequestDraft, context: TransformContext, isAppended: boolean) => string): RequestStep {
  const lower = name.toLowerCase()
  return (draft, context) => {
    const came = fieldValue(draft.forwarding, lower) ?? fieldValue(draft.fields, lower)
    draft.fields = withoutField(draft.fields, lower)
    const isAppended = action === 'Append' && came !== null
    const value = valueOf(draft, context, isAppended)
    const text = action === 'Remove' ? null : action === 'Off' ? came : value === '' ? (isAppended ? came : null) : isAppended ? `${came}, ${value}` : value
    if (text !== null) draft.fields = withField(draft.fields, name, text)
  }
}

/** What a route without a transform of its own does: all four set (YARP's default). */
export function defaultForwarding(draft: RequestDraft, context: TransformContext): void {
  draft.fields = `${draft.fields}X-Forwarded-For: ${context.clientIp}\r\nX-Forwarded-Proto: ${context.scheme}\r\nX-Forwarded-Host: ${draft.originalHost}\r\n`
}
