import type { NodeEnvironment } from '../../env.ts'
import type { Log } from '../../log.ts'
import type { ControlPlane } from '../control-plane.ts'
import type { DataNode } from '../data-node.ts'
import type { LiveFacts } from '../live-facts.ts'
import { NodeOperation } from './node-operation.ts'
import { operationFile } from './operation-file.ts'

/** The operational state, and what is done with it: threads hear of it at once, and ports close where a drain wants that. */
export function operateNode(options: { env: NodeEnvironment; controlPlane: ControlPlane; live: Pick<LiveFacts, 'operate'>; node: Pick<DataNode, 'serving' | 'closePorts'>; log: Log }): NodeOperation {
  const { env, controlPlane, live, node, log } = options
  let closing: NodeJS.Timeout | undefined
  return new NodeOperation({
    controlPlane,
    file: operationFile(env.dataDir),
    changed(state) {
      live.operate(state)
      clearTimeout(closing)
      if (state.drain?.closePorts !== true) return node.closePorts(false)
      // A node that starts drained opens no ports; else load balancers get time to notice that it is not ready.
      if (node.serving === null) node.closePorts(true)
      else closing = setTimeout(() => node.closePorts(true), env.shutdownDelaySeconds * 1000)
    },
    log
  })
}
