import { hasErrors, type Issue } from '../schema/issue.ts'
import type { SnapshotContent } from '../schema/snapshot.ts'
import { acmePossible } from './rules/acme-possible.ts'
import { affinityKeyCollision } from './rules/affinity-key-collision.ts'
import { cannotMeanThat } from './rules/cannot-mean-that.ts'
import { clientChosenKey } from './rules/client-chosen-key.ts'
import { duplicateIssuer } from './rules/duplicate-issuer.ts'
import { duplicateName } from './rules/duplicate-name.ts'
import { forwardedByHand } from './rules/forwarded-by-hand.ts'
import { gatewayOwnedAnswerHeader } from './rules/gateway-owned-answer-header.ts'
import { gatewayOwnedHeader } from './rules/gateway-owned-header.ts'
import { hostRouteOvertaken } from './rules/host-route-overtaken.ts'
import { limitBySpelling } from './rules/limit-by-spelling.ts'
import { listenerCollision } from './rules/listener-collision.ts'
import { listenerWithoutRoutes } from './rules/listener-without-routes.ts'
import { literalSecret } from './rules/literal-secret.ts'
import { noTargets } from './rules/no-targets.ts'
import { notYetSupported } from './rules/not-yet-supported.ts'
import { onlyObserves } from './rules/only-observes.ts'
import { proxyHeaderOfAnybody } from './rules/proxy-header-of-anybody.ts'
import { rawPathGuarded } from './rules/raw-path-guarded.ts'
import { reservedPolicyName } from './rules/reserved-policy-name.ts'
import { routeConflict } from './rules/route-conflict.ts'
import { routeOverlap } from './rules/route-overlap.ts'
import { routeShadowed } from './rules/route-shadowed.ts'
import { routeWithoutListener } from './rules/route-without-listener.ts'
import { secretToClient } from './rules/secret-to-client.ts'
import { tenantAffinityHotspot } from './rules/tenant-affinity-hotspot.ts'
import { tenantMismatch } from './rules/tenant-mismatch.ts'
import { tlsPolicyRequired } from './rules/tls-policy-required.ts'
import { tlsPolicyUsable } from './rules/tls-policy-usable.ts'
import { unknownPolicy } from './rules/unknown-policy.ts'
import { unknownProvider } from './rules/unknown-provider.ts'
import { unknownReference } from './rules/unknown-reference.ts'
import { unreachableTarget } from './rules/unreachable-target.ts'
import { unusedPolicy } from './rules/unused-policy.ts'
import { unusualMethod } from './rules/unusual-method.ts'

type Rule = (content: SnapshotContent) => Issue[]

const RULES: readonly Rule[] = [
  duplicateName, reservedPolicyName, duplicateIssuer, unknownReference, unknownPolicy, unknownProvider, rawPathGuarded, tenantMismatch, listenerCollision, tlsPolicyRequired, tlsPolicyUsable, acmePossible, routeConflict, notYetSupported, secretToClient, literalSecret, gatewayOwnedHeader, gatewayOwnedAnswerHeader,
  noTargets, unreachableTarget, routeWithoutListener, listenerWithoutRoutes, proxyHeaderOfAnybody, affinityKeyCollision, tenantAffinityHotspot, unusualMethod, forwardedByHand, cannotMeanThat, onlyObserves, clientChosenKey, unusedPolicy
]
/** These ask the compiled matcher, which needs content without errors. */
const MATCHER_RULES: readonly Rule[] = [routeShadowed, routeOverlap, hostRouteOvertaken, limitBySpelling]

/** Most issues of one configuration; errors come before warnings. */
const MAX_ISSUES = 1000

/**
 * Everything that is wrong (errors) or doubtful (warnings) about a configuration whose resources were decoded.
 * Pointers are into the content: `/routes/3/upstreamId`.
 */
export function validateContent(content: SnapshotContent): Issue[] {
  const issues = RULES.flatMap((rule) => rule(content))
  const all = hasErrors(issues) ? issues : [...issues, ...MATCHER_RULES.flatMap((rule) => rule(content))]
  const errors = all.filter((issue) => issue.severity === 'error')
  const warnings = all.filter((issue) => issue.severity === 'warning')
  return [...errors, ...warnings].slice(0, MAX_ISSUES)
}
