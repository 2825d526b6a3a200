import { command } from '../command.ts'
import { type Published, tellPublished } from '../publish-draft.ts'
import { readRevision } from '../read-number.ts'
import { WAIT_OPTIONS } from '../wait-for-rollout.ts'

export const rollback = command({
  name: 'rollback',
  summary: 'Publish the content of an old revision as a new one; the draft stays as it is',
  args: [{ name: 'REVISION', help: 'see "gateway snapshots list"' }],
  options: { note: { value: 'TEXT', help: 'why; shown in the history' }, ...WAIT_OPTIONS },
  examples: ['gateway rollback 41 --note "v2 loses carts" --wait'],
  async run({ api, out, args, options }) {
    const published = await api.send<Published>('POST', '/config/rollback', { revision: readRevision(args[0] ?? ''), note: options.note ?? '' })
    out.issues(published.issues)
    return tellPublished(api, out, published, options)
  }
})
