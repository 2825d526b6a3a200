import { type Command, command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import type { Output } from '../output.ts'
import { readRevision } from '../read-number.ts'

interface Figures { requests: number; errors: number; p99Ms: number | null }
interface Hold {
  revision: number
  restores: number
  /** '' where it is of others. */
  createdBy: string
  /** The token may decide about it, as far as tenants go. */
  own: boolean
  confirmUntil: string | null
  canary: { nodes: string[]; holdUntil: string | null; figures: { nodeId: string; serves: boolean; before: Figures; now: Figures }[] } | null
}

/** What may be decided about a publish that may go back by itself. */
export const holdCommands: readonly Command[] = [
  command({
    name: 'confirm',
    summary: 'Keep a revision that was published with --confirm-within',
    args: [{ name: 'REVISION', help: 'as the publish said' }],
    examples: ['gateway publish --confirm-within 300 --wait && curl -f https://shop.example/ && gateway confirm 42'],
    async run({ api, out, args }) {
      const revision = readRevision(args[0] ?? '')
      await api.send('POST', '/config/confirm', { revision })
      return tell(out, { revision, outcome: 'kept' }, `revision ${revision} is kept`)
    }
  }),
  command({
    name: 'unconfirmed abort',
    summary: 'Publish what was there before an unconfirmed revision again, without waiting for its time to be over',
    options: { reason: { value: 'TEXT', help: 'why; in the audit' } },
    examples: ['gateway unconfirmed abort --reason "the shop is down"'],
    async run({ api, out, options }) {
      await api.send('POST', '/config/unconfirmed/abort', { reason: options.reason ?? '' })
      return tell(out, { outcome: 'rolled back' }, 'every node gets what was there before')
    }
  }),
  command({
    name: 'canary show',
    summary: 'What is held now: a canary with its figures, or a publish that waits to be confirmed',
    examples: ['gateway canary show'],
    async run({ api, out }) {
      const { hold } = await api.get<{ hold: Hold | null }>('/config/hold')
      if (out.isJson) out.json(hold)
      else if (hold === null) out.line('nothing is held')
      else tellHold(out, hold)
      return EXIT.done
    }
  }),
  command({
    name: 'canary promote',
    summary: 'Give the revision of the canary to every node now',
    options: { reason: { value: 'TEXT', help: 'why; in the audit' } },
    examples: ['gateway canary promote --reason "looks good"'],
    async run({ api, out, options }) {
      await api.send('POST', '/config/canary/promote', { reason: options.reason ?? '' })
      return tell(out, { outcome: 'promoted' }, 'every node gets it now')
    }
  }),
  command({
    name: 'canary abort',
    summary: 'Publish what was there before the canary again, for every node',
    options: { reason: { value: 'TEXT', help: 'why; in the audit' } },
    examples: ['gateway canary abort --reason "carts are lost"'],
    async run({ api, out, options }) {
      await api.send('POST', '/config/canary/abort', { reason: options.reason ?? '' })
      return tell(out, { outcome: 'rolled back' }, 'every node gets what was there before')
    }
  })
]

function tell(out: Output, value: object, line: string): number {
  if (out.isJson) out.json(value)
  else out.line(line)
  return EXIT.done
}

function tellHold(out: Output, { revision, restores, createdBy, own, confirmUntil, canary }: Hold): void {
  out.line(`revision ${revision}${createdBy === '' ? '' : ` by ${createdBy}`}; else the content of ${restores} comes back`)
  if (!own) out.line('it concerns more than your tenants, so others decide about it')
  if (confirmUntil !== null) out.line(`to be confirmed until ${confirmUntil}${own ? `: gateway confirm ${revision}` : ''}`)
  if (canary === null) return
  out.line(canary.holdUntil === null ? 'not every node of the canary serves it yet' : `compared until ${canary.holdUntil}`)
  if (canary.figures.length === 0) return out.line(`canary on ${canary.nodes.join(', ')}; its figures are of all tenants, so they are not shown`)
  const text = ({ requests, errors, p99Ms }: Figures): string => `${requests} requests, ${errors} errors, p99 ${p99Ms ?? '-'} ms`
  out.table(['node', 'serves it', 'before', 'now'], canary.figures.map(({ nodeId, serves, before, now }) => [nodeId, serves ? 'yes' : 'no', text(before), text(now)]))
}
