import type { Role } from '../../../shared/schema/role.ts'
import type { WordKey } from '../i18n/language.svelte.ts'
import type { IconName } from '../widgets/icon.svelte'

export interface PageItem {
  href: string
  words: WordKey
  icon: IconName
  /** Whoever has less does not see it. */
  role?: Role
  /** It concerns every tenant: whoever is limited to some does not see it. */
  forAll?: true
}

/** The pages, as the navigation shows them. */
export const GROUPS: readonly { words?: WordKey; items: PageItem[] }[] = [
  { items: [{ href: '/', words: 'overview.title', icon: 'overview' }] },
  {
    words: 'nav.configuration',
    items: [
      { href: '/listeners', words: 'listeners.title', icon: 'listeners' },
      { href: '/upstreams', words: 'upstreams.title', icon: 'upstreams' },
      { href: '/routes', words: 'routes.title', icon: 'routes' },
      { href: '/policies', words: 'policies.title', icon: 'policies' },
      { href: '/providers', words: 'providers.title', icon: 'providers', forAll: true },
      { href: '/tls-policies', words: 'tlsPolicies.title', icon: 'lock', forAll: true },
      { href: '/certificates', words: 'certificates.title', icon: 'certificate' },
      { href: '/secrets', words: 'secrets.title', icon: 'key' }
    ]
  },
  {
    words: 'nav.publishing',
    items: [
      { href: '/changes', words: 'changes.title', icon: 'changes' },
      { href: '/proposals', words: 'proposals.title', icon: 'proposals' },
      { href: '/versions', words: 'versions.title', icon: 'versions' },
      { href: '/files', words: 'files.title', icon: 'file', forAll: true }
    ]
  },
  {
    words: 'nav.operations',
    items: [
      { href: '/nodes', words: 'nodes.title', icon: 'nodes', forAll: true },
      { href: '/requests', words: 'requests.title', icon: 'pulse' },
      { href: '/connections', words: 'connections.title', icon: 'plug' },
      { href: '/explain', words: 'explain.title', icon: 'search' },
      { href: '/audit', words: 'audit.title', icon: 'audit' },
      { href: '/jobs', words: 'jobs.title', icon: 'jobs', forAll: true },
      { href: '/webhooks', words: 'webhooks.title', icon: 'webhook', role: 'admin', forAll: true },
      { href: '/people', words: 'people.title', icon: 'people', role: 'admin', forAll: true }
    ]
  }
]

/** Whether somebody with these rights gets anything from the page at `path`; pages in no group are for everybody. */
export function isOffered(path: string, may: (role: Role) => boolean, tenants: readonly string[] | null): boolean {
  const item = GROUPS.flatMap(({ items }) => items).find(({ href }) => path === href || (href !== '/' && path.startsWith(`${href}/`)))
  if (item === undefined) return true
  return (item.role === undefined || may(item.role)) && (item.forAll === undefined || tenants === null)
}
