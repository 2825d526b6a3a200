import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { freePort, isFree } from '../services/free-port.ts'
import { waitUntil } from '../services/wait-until.ts'
import type { Api } from './api.ts'
import type { UpSettings } from './settings.ts'

interface Stored { id: string; name: string; version: number; port?: number; [field: string]: unknown }
interface Change { kind: string; id: string; name: string }

const NAME = 'demo'
const ORIGINS = ['origin-1', 'origin-2']

/** The ports of the example's origins: those of the last start while they are free. */
export async function demoOrigins(dataDir: string): Promise<{ name: string; port: number }[]> {
  const file = path.join(dataDir, 'demo-ports.json')
  let kept: number[] = []
  try {
    kept = JSON.parse(readFileSync(file, 'utf8')) as number[]
  } catch {
    // The first start with the example.
  }
  const origins: { name: string; port: number }[] = []
  for (const [index, name] of ORIGINS.entries()) {
    const port = kept[index]
    origins.push({ name, port: port !== undefined && await isFree(port) ? port : await freePort() })
  }
  writeFileSync(file, JSON.stringify(origins.map(({ port }) => port)))
  return origins
}

/**
 * Makes the example listener, upstream and routes, or mends them, and publishes them. Returns the URL that answers.
 * Publishes nothing when the draft holds changes that are not the example's.
 */
export async function publishDemo(api: Api, settings: UpSettings, origins: readonly { name: string; port: number }[], say: (line: string) => void): Promise<string> {
  const port = await demoPort(api, settings)
  const listener = await ensure(api, 'listeners', NAME, { protocol: 'http', port })
  const upstream = await ensure(api, 'upstreams', NAME, {
    targets: origins.map((origin) => ({ id: origin.name, address: `http://127.0.0.1:${origin.port}` }))
  })
  const common = { isGlobal: true, listenerIds: [listener], upstreamId: upstream }
  const routes = [
    await ensure(api, 'routes', NAME, { ...common, match: { path: { type: 'prefix', value: '/' } } }),
    await ensure(api, 'routes', `${NAME}-orders`, { ...common, match: { path: { type: 'prefix', value: '/orders' }, methods: ['GET', 'POST'] } })
  ]
  await publish(api, new Set([listener, upstream, ...routes]), say)
  return `http://127.0.0.1:${port}/`
}

async function demoPort(api: Api, settings: UpSettings): Promise<number> {
  const listeners = await listAll(api, 'listeners')
  const own = listeners.find((listener) => listener.name === NAME)?.port
  if (own !== undefined && settings.httpPorts.includes(own)) return own
  const used = new Set(listeners.map((listener) => listener.port))
  for (const port of settings.httpPorts) if (!used.has(port) && await isFree(port)) return port
  throw new Error(`no port of HTTP_PORT_RANGE=${settings.httpPortRange} is left for the example; give it more ports`)
}

async function listAll(api: Api, kind: string): Promise<Stored[]> {
  const items: Stored[] = []
  let cursor: string | null = null
  do {
    const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const page: { items: Stored[]; nextCursor: string | null } = await api.send('GET', `/${kind}?limit=100${query}`)
    items.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null)
  return items
}

/** The id of the resource of that name, with these fields. */
async function ensure(api: Api, kind: string, name: string, fields: Record<string, unknown>): Promise<string> {
  const stored = (await listAll(api, kind)).find((item) => item.name.toLowerCase() === name)
  if (stored === undefined) return (await api.send<Stored>('POST', `/${kind}`, { name, description: 'Example of npm run up -- --demo', ...fields })).id
  if (!contains(stored, fields)) await api.send('PATCH', `/${kind}/${stored.id}`, fields, { 'if-match': `"${stored.version}"` })
  return stored.id
}

/** Whether `stored` says everything that `wanted` says; defaults that were filled in do not count. */
function contains(stored: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) return Array.isArray(stored) && stored.length === wanted.length && wanted.every((item, index) => contains(stored[index], item))
  if (typeof wanted !== 'object' || wanted === null) return stored === wanted
  return typeof stored === 'object' && stored !== null && Object.entries(wanted).every(([key, value]) => contains((stored as Record<string, unknown>)[key], value))
}

async function publish(api: Api, own: ReadonlySet<string>, say: (line: string) => void): Promise<void> {
  const { changes } = await api.send<{ changes: Change[] }>('GET', '/config/diff?from=live&to=draft')
  if (changes.length === 0) return
  const others = changes.filter((change) => !own.has(change.id))
  if (others.length > 0) {
    say(`the example was not published: the draft has other changes (${others.map((change) => `${change.kind} ${change.name}`).join(', ')}); publish them in the admin page`)
    return
  }
  const { draftHash, live } = await api.send<{ draftHash: string; live: { revision: number } | null }>('POST', '/config/validate', {})
  await api.send('POST', '/config/publish', { expectedRevision: live?.revision ?? 0, expectedDraftHash: draftHash, note: 'example configuration' })
}

/** Waits until the gateway answers at the example's URL; false when it does not within 20 s. */
export async function demoAnswers(url: string): Promise<boolean> {
  const answers = async (): Promise<boolean> => {
    try {
      return (await fetch(url, { signal: AbortSignal.timeout(2000) })).status === 200
    } catch {
      return false
    }
  }
  return waitUntil(answers, { ms: 20_000, what: url, everyMs: 100 }).then(() => true, () => false)
}
