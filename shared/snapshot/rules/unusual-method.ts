import { type Issue, warningIssue } from '../../schema/issue.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'

/** YARP's methods without TRACE. */
const USUAL: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
/** The data nodes answer these with 405 before any route is looked for. */
const NEVER_ROUTED: ReadonlySet<string> = new Set(['TRACE', 'CONNECT'])

/** Warns of methods that are likely slips, and of those that no request can have here. */
export function unusualMethod(content: SnapshotContent): Issue[] {
  return content.routes.flatMap((route, index) =>
    route.match.methods.flatMap((method, place) => {
      if (USUAL.has(method)) return []
      const why = NEVER_ROUTED.has(method) ? 'is always answered 405' : 'is not one of the usual methods; letter case matters'
      return [warningIssue(`/routes/${index}/match/methods/${place}`, 'unusual_method', `route "${route.name}": ${method} ${why}`)]
    })
  )
}
