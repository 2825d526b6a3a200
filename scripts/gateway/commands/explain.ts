import type { Explanation } from '../../../shared/schema/explain.ts'
import { command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { type Output, printable } from '../output.ts'
import { readPlace } from '../read-number.ts'

export const explain = command({
  name: 'explain',
  summary: 'What becomes of a request, and why; nothing is sent',
  args: [{ name: 'METHOD', help: 'such as GET' }, { name: 'URL', help: 'as the client sees it' }],
  options: {
    header: { short: 'H', value: 'LINE', isMultiple: true, help: 'a header line, such as "X-Tenant-Code: acme"' },
    against: { value: 'PLACE', help: 'live, draft or a revision (live)' },
    listener: { value: 'NAME', help: 'where its port is not that of the URL' },
    client: { value: 'ADDRESS', help: 'address of the client (192.0.2.1)' },
    user: { value: 'NAME', help: 'the user that a verified token names' },
    tenant: { value: 'CODE', help: 'the tenant that a verified token names' },
    websocket: { help: 'it asks to become a WebSocket' }
  },
  examples: ['gateway explain GET https://shop.example/cart -H "Cookie: beta=1" --against draft'],
  async run({ api, out, args, options }) {
    const token = options.user === undefined && options.tenant === undefined ? {} : { token: { user: options.user ?? '', ...options.tenant === undefined ? {} : { tenantCode: options.tenant } } }
    const explanation = await api.send<Explanation>('POST', `/config/explain?of=${readPlace(options.against ?? 'live')}`, {
      method: args[0],
      url: args[1],
      headers: options.header,
      websocket: options.websocket,
      ...options.listener === undefined ? {} : { listener: options.listener },
      ...options.client === undefined ? {} : { clientAddress: options.client },
      ...token
    })
    if (out.isJson) out.json(explanation)
    else tell(out, explanation)
    return explanation.refused === null ? EXIT.done : EXIT.refused
  }
})

function tell(out: Output, { refused, listener, candidates, omitted, route, steps, forwarded, ...rest }: Explanation): void {
  if (listener !== null) out.line(`listener  ${printable(listener.name)}`)
  if (rest.request?.token === 'unverified') out.line('token     only data nodes can verify it, so it counts as invalid here; --user and --tenant say what it says')
  if (route !== null) out.line(`route     ${out.paint('green', printable(route.name))}`)
  if (refused !== null) out.line(`answer    ${out.paint('red', `${refused.status} ${refused.code}`)}: ${printable(refused.message)}`)
  if (rest.action !== null) tellAction(out, rest.action)
  if (candidates.length > 0) {
    out.line('')
    out.table(['route', 'outcome', 'criterion', 'wanted', 'came'], candidates.map(({ name, outcome, criterion, wanted, came }) => [name, outcome, criterion, wanted, came]))
    for (const [criterion, count] of Object.entries(omitted)) out.line(`${count} more lost by ${criterion}`)
  }
  const changes = steps.flatMap((step) => step.changes.map((change) => [change, step.transform === null ? 'the gateway itself' : JSON.stringify(step.transform)]))
  if (changes.length > 0) {
    out.line('')
    out.table(['change', 'by'], changes)
  }
  if (forwarded !== null) out.line(`\n${forwarded.split(/\r?\n/).map(printable).join('\n').trimEnd()}`)
}

function tellAction(out: Output, { kind, status, location, upstreams }: NonNullable<Explanation['action']>): void {
  if (kind !== 'upstream') out.line(`answer    ${kind} ${status} ${printable(location)}`.trimEnd())
  for (const { name, share, isChosen, why, targets } of upstreams) {
    const chosen = targets.filter((target) => target.isChosen).map(({ address }) => address)
    const others = targets.filter(({ enabled }) => enabled).map(({ address }) => address)
    out.line(`upstream  ${printable(name)} (${isChosen ? 'chosen' : `${(share * 100).toFixed(1)} % of requests`}): ${printable((chosen.length > 0 ? chosen : others).join(', ') || 'no enabled target')}`)
    out.line(`          ${printable(why)}`)
  }
}
