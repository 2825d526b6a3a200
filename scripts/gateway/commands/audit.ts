import { becomeProgram } from '../become-program.ts'
import { type Command, command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { readWholeNumber } from '../read-number.ts'

interface AuditItem { id: string; at: string; actor: string; action: string; target: string; requestId: string }

const FILTERS = {
  actor: { value: 'NAME', help: 'only of this person or token' },
  action: { value: 'ACTION', help: 'only these, such as config.publish' },
  kind: { value: 'KIND', help: 'only about this kind, such as routes' },
  resource: { value: 'ID', help: 'only about the resource of this id' }
} as const

export const auditCommands: readonly Command[] = [
  command({
    name: 'audit list',
    summary: 'Who changed what, newest first',
    options: { ...FILTERS, limit: { value: 'COUNT', help: 'at most so many (20)' } },
    examples: ['gateway audit list --action config.publish'],
    async run({ api, out, options }) {
      const items = await api.all<AuditItem>('/audit', filtersOf(options), readWholeNumber('--limit', options.limit ?? '20', 1, 100_000))
      if (out.isJson) out.json(items)
      else out.table(['id', 'at', 'actor', 'action', 'target'], items.map(({ id, at, actor, action, target }) => [id, at, actor, action, target]))
      return EXIT.done
    }
  }),
  command({
    name: 'audit export',
    summary: 'The whole audit as JSON lines, newest first',
    options: FILTERS,
    examples: ['gateway audit export > audit.jsonl'],
    async run({ api, out, options }) {
      let cursor: string | undefined
      do {
        const page: { items: AuditItem[]; nextCursor: string | null } = await api.get('/audit', { ...filtersOf(options), limit: '1000', cursor })
        for (const item of page.items) out.line(JSON.stringify(item))
        cursor = page.nextCursor ?? undefined
      } while (cursor !== undefined)
      return EXIT.done
    }
  }),
  command({
    name: 'audit verify',
    summary: 'Verify that no row of the audit was changed or taken out',
    details: 'Walks the chain of hashes, from its beginning or from where retention signed that it begins. With DATABASE_URL it looks into the database itself (and needs SECRETS_KEY where rows were removed); else it asks the control plane. Prints JSON; ends with 1 when something is wrong.',
    examples: ['gateway audit verify', 'DATABASE_URL=postgres://gateway@db/gateway gateway audit verify'],
    async run({ api, out, env }) {
      if ((env['DATABASE_URL'] ?? '') !== '') return becomeProgram('server/verify-audit', [], env)
      const verification = await api.get<{ ok: boolean }>('/audit/verify')
      out.json(verification)
      return verification.ok ? EXIT.done : EXIT.refused
    }
  })
]

function filtersOf({ actor, action, kind, resource }: { actor: string | undefined; action: string | undefined; kind: string | undefined; resource: string | undefined }) {
  return { actor, action, kind, resourceId: resource }
}
