import type { Ack, Desired, Heartbeat } from '../../../shared/schema/node-api.ts'
import { type Command, command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import type { Output } from '../output.ts'
import { usage } from '../parse-command.ts'

/** A data node as the API shows it. */
export interface NodeItem {
  id: string
  labels: Record<string, string>
  online: boolean
  behind: boolean
  lastHeartbeatAt: string | null
  serving: Desired | null
  desired: Desired | null
  ack: Ack | null
  heartbeat: Heartbeat | null
  /** Of a person. */
  drain: { reason: string; by: string; at: string } | null
}

/** One word for each node: in_sync, behind, refused, unknown, drift or ahead. */
interface Fleet { nodes: { nodeId: string; state: string }[] }

const NODE = { name: 'NODE', help: 'its id; see "gateway nodes list"' }

export const nodeCommands: readonly Command[] = [
  command({
    name: 'nodes list',
    summary: 'The data nodes with what they serve and should serve',
    examples: ['gateway nodes list'],
    async run({ api, out }) {
      const [items, fleet] = await Promise.all([api.all<NodeItem>('/nodes'), api.get<Fleet>('/fleet')])
      const stateIn = new Map(fleet.nodes.map(({ nodeId, state }) => [nodeId, state]))
      if (out.isJson) out.json(items.map((node) => ({ ...node, state: stateIn.get(node.id) ?? 'unknown' })))
      else out.table(['node', 'state', 'serving', 'desired', 'connections', 'version', 'labels'], items.map((node) => [
        node.id, stateOf(node, stateIn.get(node.id)), node.serving?.revision, node.desired?.revision, node.heartbeat?.connections, node.heartbeat?.version, labelText(node.labels)
      ]))
      return EXIT.done
    }
  }),
  command({
    name: 'nodes show',
    summary: 'One data node with its ports and what it did last',
    args: [NODE],
    examples: ['gateway nodes show edge-1'],
    async run({ api, out, args }) {
      const [node, fleet] = await Promise.all([api.get<NodeItem>(pathOf(args)), api.get<Fleet>('/fleet')])
      if (out.isJson) {
        out.json(node)
        return EXIT.done
      }
      const { heartbeat, ack } = node
      out.table(['what', 'value'], [
        ['node', node.id], ['state', stateOf(node, fleet.nodes.find(({ nodeId }) => nodeId === node.id)?.state)], ['drained', drainText(node)], ['labels', labelText(node.labels)], ['last heard of', node.lastHeartbeatAt],
        ['serving', node.serving?.revision], ['desired', node.desired?.revision], ['last answer', ack?.result],
        ['version', heartbeat?.version], ['threads', heartbeat?.threads], ['connections', heartbeat?.connections],
        ['memory', heartbeat === null ? null : `${Math.round(heartbeat.rssBytes / 1_048_576)} MiB`],
        ['http ports', heartbeat?.httpPortRange], ['https ports', heartbeat?.httpsPortRange]
      ])
      if (heartbeat !== null && heartbeat.ports.length > 0) {
        out.line('')
        out.table(['port', 'protocol', 'state', 'error'], heartbeat.ports.map(({ port, protocol, state, error }) => [port, protocol, state, error]))
      }
      out.issues(ack?.issues ?? [])
      return EXIT.done
    }
  }),
  command({
    name: 'nodes drain',
    summary: 'Take a node out for maintenance: it is not ready any more, and its connections end in order',
    details: 'It holds until the node is undrained, over restarts of the node and of the control plane. A balancer that goes by /readyz sends nothing new.',
    args: [NODE],
    options: {
      reason: { value: 'TEXT', help: 'for whoever wonders' },
      'close-ports': { help: 'close its ports after SHUTDOWN_DELAY_SECONDS; else it serves what still comes' }
    },
    examples: ['gateway nodes drain edge-1 --reason "new disk"'],
    async run({ api, out, args, options }) {
      await api.send('POST', `${pathOf(args)}/drain`, { reason: options.reason ?? '', closePorts: options['close-ports'] })
      return tellState(out, args[0], 'draining')
    }
  }),
  command({
    name: 'nodes undrain',
    summary: 'End the drain of a node: it is ready again',
    args: [NODE],
    examples: ['gateway nodes undrain edge-1'],
    async run({ api, out, args }) {
      await api.send('POST', `${pathOf(args)}/undrain`)
      return tellState(out, args[0], 'not draining any more')
    }
  }),
  command({
    name: 'nodes enroll',
    summary: 'Enrol a data node; its token is shown only now',
    details: 'The token alone goes to standard output, for NODE_TOKEN of the data node.',
    args: [{ name: 'NODE', help: 'an id of your choice, NODE_ID of the data node' }],
    options: {
      label: { value: 'NAME=VALUE', isMultiple: true, help: 'such as zone=a' },
      'new-token': { help: 'the node is enrolled already: give it a new token, and refuse the old one' }
    },
    examples: ['gateway nodes enroll edge-1 --label zone=a > edge-1.token', 'gateway nodes enroll edge-1 --new-token'],
    async run({ api, out, args, options }) {
      const answer = options['new-token']
        ? await api.send<{ id: string; token: string }>('POST', `${pathOf(args)}/token`)
        : await api.send<{ id: string; token: string }>('POST', '/nodes', { id: args[0], labels: readLabels(options.label) })
      if (out.isJson) out.json(answer)
      else out.line(answer.token)
      return EXIT.done
    }
  }),
  command({
    name: 'nodes revoke',
    summary: 'Refuse the token of a data node at once, and take it off the list',
    args: [NODE],
    examples: ['gateway nodes revoke edge-1'],
    async run({ api, out, args }) {
      await api.send('DELETE', pathOf(args))
      if (out.isJson) out.json({ id: args[0], isRevoked: true })
      else out.line(`${args[0]} is revoked`)
      return EXIT.done
    }
  })
]

function tellState(out: Output, id: string | undefined, state: string): number {
  if (out.isJson) out.json({ id, state })
  else out.line(`${id} is ${state}`)
  return EXIT.done
}

function pathOf(args: readonly string[]): string {
  return `/nodes/${encodeURIComponent(args[0] ?? '')}`
}

function stateOf({ online, heartbeat, drain }: NodeItem, inFleet = 'unknown'): string {
  if (!online) return heartbeat === null ? 'never seen' : 'offline'
  if (heartbeat?.draining === true) return 'stopping'
  return `${inFleet.replaceAll('_', ' ')}${drain === null ? '' : ', drained'}`
}

function drainText({ drain }: NodeItem): string | null {
  return drain && `by ${drain.by} at ${drain.at}${drain.reason === '' ? '' : `: ${drain.reason}`}`
}

function labelText(labels: Record<string, string>): string {
  return Object.entries(labels).map(([name, value]) => `${name}=${value}`).join(',')
}

function readLabels(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(given.map((text) => {
    const split = text.indexOf('=')
    if (split < 1) throw usage(`--label must be NAME=VALUE, not "${text}"`)
    return [text.slice(0, split), text.slice(split + 1)]
  }))
}
