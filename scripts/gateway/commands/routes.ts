import type { Route } from '../../../shared/schema/route.ts'
import { type Command, command, type CommandInput } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { findNamed, ifMatch, type Stored } from '../find-named.ts'

type StoredRoute = Route & Stored

const ROUTE = { name: 'ROUTE', help: 'its name or id; see "gateway routes list"' }
const TENANT = { tenant: { value: 'CODE', help: 'of this tenant' } } as const

export const routeCommands: readonly Command[] = [
  command({
    name: 'routes list',
    summary: 'The routes of the draft',
    options: { ...TENANT, search: { value: 'TEXT', help: 'only names that contain this' } },
    examples: ['gateway routes list --search shop'],
    async run({ api, out, options }) {
      const routes = await api.all<StoredRoute>('/routes', { tenantCode: options.tenant, q: options.search })
      if (out.isJson) out.json(routes)
      else out.table(['name', 'enabled', 'tenant', 'hosts', 'path', 'methods', 'id'], routes.map(({ name, enabled, tenantCode, match, id }) => [
        name, enabled ? 'yes' : 'no', tenantCode, match.hosts.join(' '), match.path === undefined ? null : `${match.path.type} ${match.path.value}`, match.methods.join(' '), id
      ]))
      return EXIT.done
    }
  }),
  command({
    name: 'routes show',
    summary: 'One route of the draft, whole',
    args: [ROUTE],
    options: TENANT,
    examples: ['gateway routes show "shop cart"'],
    async run({ api, out, args, options }) {
      out.json(await findNamed<StoredRoute>(api, 'routes', args[0] ?? '', options.tenant))
      return EXIT.done
    }
  }),
  command({
    name: 'routes enable',
    summary: 'Enable a route in the draft; it serves after the next publish',
    args: [ROUTE],
    options: TENANT,
    examples: ['gateway routes enable "shop cart" && gateway publish --wait'],
    run: (input) => setEnabled(input, true)
  }),
  command({
    name: 'routes disable',
    summary: 'Disable a route in the draft; it serves no more after the next publish',
    args: [ROUTE],
    options: TENANT,
    examples: ['gateway routes disable "shop cart" && gateway publish --wait'],
    run: (input) => setEnabled(input, false)
  })
]

async function setEnabled({ api, out, args, options }: CommandInput<typeof TENANT>, enabled: boolean): Promise<number> {
  const stored = await findNamed<StoredRoute>(api, 'routes', args[0] ?? '', options.tenant)
  const route = stored.enabled === enabled ? stored : await api.send<StoredRoute>('PATCH', `/routes/${stored.id}`, { enabled }, ifMatch(stored))
  if (out.isJson) out.json(route)
  else out.line(`${route.name} is ${enabled ? 'enabled' : 'disabled'} in the draft${stored === route ? ' already' : ''}`)
  return EXIT.done
}
