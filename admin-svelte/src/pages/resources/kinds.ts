import type { DraftedKind } from '../../../../shared/schema/resource.ts'
import type { WordKey } from '../../i18n/language.svelte.ts'
import type { IconName } from '../../widgets/icon.svelte'

/** How each kind of resource is called on the page. */
export const KINDS: Record<DraftedKind, { many: WordKey; one: WordKey; lead: WordKey; add: WordKey; icon: IconName; empty: WordKey }> = {
  listeners: { many: 'listeners.title', one: 'listeners.one', lead: 'listeners.lead', add: 'listeners.add', icon: 'listeners', empty: 'listeners.empty' },
  upstreams: { many: 'upstreams.title', one: 'upstreams.one', lead: 'upstreams.lead', add: 'upstreams.add', icon: 'upstreams', empty: 'upstreams.empty' },
  routes: { many: 'routes.title', one: 'routes.one', lead: 'routes.lead', add: 'routes.add', icon: 'routes', empty: 'routes.empty' },
  providers: { many: 'providers.title', one: 'providers.one', lead: 'providers.lead', add: 'providers.add', icon: 'providers', empty: 'providers.empty' },
  tlsPolicies: { many: 'tlsPolicies.title', one: 'tlsPolicies.one', lead: 'tlsPolicies.lead', add: 'tlsPolicies.add', icon: 'lock', empty: 'tlsPolicies.empty' },
  policies: { many: 'policies.title', one: 'policies.one', lead: 'policies.lead', add: 'policies.add', icon: 'policies', empty: 'policies.empty' }
}
