import { FORWARDED_ACTIONS, type ForwardedAction, type ForwardedValue, ForwardingFields, X_FORWARDED_PARTS } from './forwarding-fields.ts'
import type { TransformKind } from './transform-kind.ts'

const USUAL_PREFIX = 'X-Forwarded-'
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

const VALUES: Readonly<Record<(typeof X_FORWARDED_PARTS)[number], ForwardedValue>> = {
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
    const main = input.word('X-Forwarded', FORWARDED_ACTIONS)
    const headerPrefix = input.has('HeaderPrefix') ? input.text('HeaderPrefix') : USUAL_PREFIX
    if (!TOKEN.test(headerPrefix)) return input.problem('HeaderPrefix', `"${headerPrefix}" is no beginning of a header name`)
    const actions = X_FORWARDED_PARTS.map((part) => (input.has(part) ? input.word(part, FORWARDED_ACTIONS) : main))
    applyParts(target.forwarding, headerPrefix, main, actions)
  }
}

/** What a route without a transform of its own does: all four set, and no Forwarded (YARP's default). */
export function defaultForwarding(): ForwardingFields {
  const forwarding = new ForwardingFields()
  applyParts(forwarding, USUAL_PREFIX, 'Set', X_FORWARDED_PARTS.map(() => 'Set'))
  return forwarding
}

/** With Off for all of them, what the client says is believed in every form; with less, X-Forwarded takes the place of Forwarded. */
function applyParts(forwarding: ForwardingFields, headerPrefix: string, main: ForwardedAction, actions: readonly ForwardedAction[]): void {
  for (const [index, part] of X_FORWARDED_PARTS.entries()) forwarding.apply(headerPrefix + part, actions[index]!, VALUES[part])
  if (main === 'Off' && headerPrefix.toLowerCase() === USUAL_PREFIX.toLowerCase()) forwarding.passAll()
  if (actions.some((action) => action !== 'Off')) forwarding.apply('Forwarded', 'Remove')
}
