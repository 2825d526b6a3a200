import { errorIssue, type Issue } from '../../shared/schema/issue.ts'
import type { Ack, Desired } from '../../shared/schema/node-api.ts'
import type { Log } from '../log.ts'
import type { DataNode } from './data-node.ts'
import { verifyConfig } from './verify-config.ts'

const MAX_ISSUES = 1000

/**
 * Takes a body of the node API: what is newer and verified is offered to the node, what is wrong is reported as
 * refused. Within an epoch the revision never goes back; a new epoch is taken as it comes.
 */
export function createConfigReceiver(options: {
  node: Pick<DataNode, 'handled' | 'offer' | 'refuse'>
  report(ack: Ack): void
  log: Log
}): (body: unknown) => void {
  const { node, log } = options
  const refuse = (desired: Desired, issues: Issue[], verifiedAt: string, final: boolean): void => {
    log.error({ revision: desired.revision, issues: issues.slice(0, 5) }, 'snapshot refused; what was served stays')
    node.refuse(desired, final)
    options.report({ ...desired, result: 'refused', issues: issues.slice(0, MAX_ISSUES), threads: [], persisted: false, verifiedAt, at: new Date().toISOString() })
  }
  let complainedAbout = 0
  return (body) => {
    const verified = verifyConfig(body, () => new Date())
    if (verified.kind === 'unreadable') return log.error(`the control plane's answer cannot be read: ${verified.reason}`)
    const { desired, verifiedAt } = verified
    const known = node.handled
    if (known?.epoch === desired.epoch) {
      if (desired.revision < known.revision) {
        if (complainedAbout === desired.revision) return
        complainedAbout = desired.revision
        return log.error({ desired: desired.revision, known: known.revision }, 'an older revision of the same epoch is desired; it is not taken')
      }
      if (desired.revision === known.revision && desired.sha256 === known.sha256) return
      if (desired.revision === known.revision) {
        return refuse(desired, [errorIssue('', 'revision_reused', `revision ${desired.revision} was known with another content`)], verifiedAt, false)
      }
    }
    if (verified.kind === 'refused') return refuse(desired, verified.issues, verifiedAt, verified.final)
    node.offer({ snapshot: verified.snapshot, source: 'control-plane', verifiedAt })
  }
}
