import Type, { type TObject, type TOptional, type TString } from 'typebox'
import { strictObject } from '../../shared/schema/field.ts'
import type { Filter } from './filters.ts'

/** What a list is sorted by. `digits`: a whole number too large for JSON. `nullable`: what has no value comes last, or first when the order is turned round. */
export interface SortKey {
  /** Of the row or item. */
  attribute: string
  type: 'text' | 'moment' | 'number' | 'uuid' | 'digits'
  nullable?: boolean
}

interface ListOptions {
  /** Words of `sort`, and what they mean. */
  sortable: Record<string, SortKey>
  /** The order without `sort`, in the same words. */
  sort: string
  /** An attribute that no two items share; it makes every order total, so that no page repeats or skips one. */
  unique: SortKey
  filters?: Record<string, Filter>
}

/** A list of the API, declared: the words of its query are made from it, and pageRows and pageItems read it. */
export interface List extends Required<ListOptions> {
  query: TObject<{ limit: TString; cursor: TOptional<TString>; sort: TString }>
}

/** The query of a list as it was decoded; filters stand beside these by their names. */
export interface ListQuery {
  limit: string
  cursor?: string | undefined
  sort: string
}

/** Most words of one `sort`. */
const MOST_SORT_KEYS = 3

/** Declares a list. Its `query` refuses what is not named here. */
export function defineList(options: ListOptions): List {
  const filters = options.filters ?? {}
  const given = Object.fromEntries(Object.entries(filters).map(([name, filter]) => [name, Type.Optional(filter.schema)]))
  return { ...options, filters, query: strictObject({ ...pageQuery, sort: sortSchema(options), ...given }) as unknown as List['query'] }
}

/** Query parameters that every list has. */
const pageQuery = {
  limit: Type.String({ pattern: '^([1-9]\\d{0,2}|1000)$', form: 'a number from 1 to 1000', description: 'Most items in the answer, 1 to 1000.', default: '100' }),
  cursor: Type.Optional(Type.String({ maxLength: 4000, description: 'nextCursor of the page before, with the same sort.' }))
}

function sortSchema({ sortable, sort }: ListOptions): TString {
  const names = Object.keys(sortable)
  const word = `-?(${names.join('|')})`
  return Type.String({
    pattern: `^${word}(,${word}){0,${MOST_SORT_KEYS - 1}}$`,
    form: `up to ${MOST_SORT_KEYS} of ${names.join(', ')}, separated by commas; a minus before one turns it round`,
    description: `Order: ${names.join(', ')}, or several separated by commas; a minus before one turns it round.`,
    default: sort
  })
}
