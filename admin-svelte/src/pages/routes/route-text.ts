import type { Match } from '../../../../shared/schema/match.ts'
import type { Route } from '../../../../shared/schema/route.ts'
import { t } from '../../i18n/language.svelte.ts'

/** What a route takes, in one line: `GET,POST example.com /api/*`. */
export function matchText(match: Match): string {
  return [match.methods.join(','), match.hosts.join(', '), pathText(match)].filter((part) => part !== '').join(' ')
}

function pathText(match: Match): string {
  if (match.path === undefined) return '/*'
  const { type, value } = match.path
  if (type === 'prefix') return value === '/' ? '/*' : `${value}/*`
  return type === 'regex' ? `~ ${value}` : value
}

/** What a route does with a request, in one line. */
export function actionText(route: Route, upstreamNames: ReadonlyMap<string, string>): string {
  if (route.redirect !== undefined) return `${route.redirect.status} → ${route.redirect.to}`
  if (route.respond !== undefined) return t('routes.responds', { status: String(route.respond.status) })
  if (route.split !== undefined) return route.split.map((one) => `${upstreamNames.get(one.upstreamId) ?? one.upstreamId} × ${one.weight}`).join(', ')
  if (route.upstreamId === undefined) return '–'
  return `→ ${upstreamNames.get(route.upstreamId) ?? route.upstreamId}`
}
