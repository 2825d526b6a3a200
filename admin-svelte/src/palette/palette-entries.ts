import { type DraftedKind, DRAFTED_KINDS, KIND_PATHS } from '../../../shared/schema/resource.ts'
import { t } from '../i18n/language.svelte.ts'
import { allOf } from '../pages/resources/all-of.ts'
import { KINDS } from '../pages/resources/kinds.ts'
import { mayEditKind, maySeeKind } from '../pages/resources/may-edit.ts'
import { session } from '../session/session.svelte.ts'
import { GROUPS, isOffered } from '../shell/page-groups.ts'
import type { PaletteEntry } from './find-entries.ts'

const MOST_OF_A_KIND = 20_000

/** The pages and what may be made, for who is signed in. */
export function pageEntries(): PaletteEntry[] {
  const pages = GROUPS.flatMap(({ items }) => items.filter(({ href }) => isOffered(href, (role) => session.may(role), session.tenants)).map(({ href, words, icon }) => ({ href, text: t(words), about: t('palette.page'), icon })))
  const makes = DRAFTED_KINDS.filter(mayEditKind).map((kind) => ({ href: `/${KIND_PATHS[kind]}/new`, text: t(KINDS[kind].add), about: t('palette.action'), icon: 'plus' as const }))
  return [...pages, ...makes]
}

/** All resources by name; read when the palette opens. */
export async function resourceEntries(signal: AbortSignal): Promise<PaletteEntry[]> {
  const lists = await Promise.all(DRAFTED_KINDS.filter(maySeeKind).map(async (kind: DraftedKind) => {
    const { items } = await allOf(kind, signal, MOST_OF_A_KIND)
    return (items as { id: string; name: string }[]).map(({ id, name }) => ({ href: `/${KIND_PATHS[kind]}/${id}`, text: name, about: t(KINDS[kind].one), icon: KINDS[kind].icon }))
  }))
  return lists.flat()
}
