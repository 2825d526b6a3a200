import type { Component } from 'svelte'
import { matchPath } from './match-path.ts'

/** Whatever props it takes; `props` fits it. */
type Load = () => Promise<{ default: Component<never> }>
/** A page and what it is given; loaded when somebody goes there, so that the first view waits for one page alone. */
export interface PageOfPath {
  load: Load
  props: Record<string, unknown>
}

const PLAIN: Record<string, Load> = {
  '/': () => import('../pages/overview/overview.svelte'),
  '/changes': () => import('../pages/changes/changes.svelte'),
  '/proposals': () => import('../pages/proposals/proposals.svelte'),
  '/versions': () => import('../pages/versions/versions.svelte'),
  '/versions/compare': () => import('../pages/versions/compare.svelte'),
  '/certificates': () => import('../pages/certificates/certificate-list.svelte'),
  '/secrets': () => import('../pages/secrets/secret-list.svelte'),
  '/nodes': () => import('../pages/nodes/nodes.svelte'),
  '/requests': () => import('../pages/requests/requests.svelte'),
  '/connections': () => import('../pages/connections/connections.svelte'),
  '/files': () => import('../pages/files/files.svelte'),
  '/explain': () => import('../pages/explain/explain.svelte'),
  '/audit': () => import('../pages/audit/audit.svelte'),
  '/jobs': () => import('../pages/jobs/jobs.svelte'),
  '/webhooks': () => import('../pages/webhooks/webhook-list.svelte'),
  '/people': () => import('../pages/people/people.svelte'),
  '/account': () => import('../pages/account/account.svelte'),
  '/listeners': () => import('../pages/listeners/listener-list.svelte'),
  '/upstreams': () => import('../pages/upstreams/upstream-list.svelte'),
  '/routes': () => import('../pages/routes/route-list.svelte'),
  '/providers': () => import('../pages/providers/provider-list.svelte'),
  '/tls-policies': () => import('../pages/tls-policies/tls-policy-list.svelte'),
  '/policies': () => import('../pages/policies/policy-list.svelte')
}

const EDITORS: Record<string, Load> = {
  listeners: () => import('../pages/listeners/listener-editor.svelte'),
  upstreams: () => import('../pages/upstreams/upstream-editor.svelte'),
  routes: () => import('../pages/routes/route-editor.svelte'),
  providers: () => import('../pages/providers/provider-editor.svelte'),
  'tls-policies': () => import('../pages/tls-policies/tls-policy-editor.svelte'),
  policies: () => import('../pages/policies/policy-editor.svelte')
}

const notFound: PageOfPath = { load: () => import('../pages/not-found.svelte'), props: {} }
const own = <T>(table: Record<string, T>, key: string): T | undefined => (Object.hasOwn(table, key) ? table[key] : undefined)

/** The page of a path without a slash at its end. */
export function pageOf(path: string): PageOfPath {
  const plain = own(PLAIN, path)
  if (plain !== undefined) return { load: plain, props: {} }
  const { kind = '', id = '' } = matchPath('/:kind/:id', path) ?? {}
  if (kind === 'versions') return Number.isSafeInteger(Number(id)) && Number(id) > 0 ? { load: () => import('../pages/versions/version.svelte'), props: { revision: Number(id) } } : notFound
  if (kind === 'certificates') return { load: () => import('../pages/certificates/certificate-page.svelte'), props: { id } }
  if (kind === 'proposals') return { load: () => import('../pages/proposals/proposal-page.svelte'), props: { id } }
  if (kind === 'requests') return { load: () => import('../pages/requests/request-page.svelte'), props: { id } }
  const editor = own(EDITORS, kind)
  return editor === undefined ? notFound : { load: editor, props: id === 'new' ? {} : { id } }
}
