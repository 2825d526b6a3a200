import { col, fn, Op, where, type WhereOptions } from 'sequelize'
import Type, { type TString } from 'typebox'
import { words } from '../../shared/schema/field.ts'
import { containing } from './containing.ts'

/** Condition on rows; which row's attributes it names is known only to the list. */
export type Where = WhereOptions

/** A query parameter of a list that leaves items out. `where` is for rows of the database, `fits` for items in memory. */
export interface Filter {
  schema: TString
  where(value: string): Where
  fits(item: Readonly<Record<string, unknown>>, value: string): boolean
}

const condition = (attribute: string, test: unknown): Where => ({ [attribute]: test }) as Where

/** `q`: the text contains this, letter case ignored. */
export function contains(attribute: string, description = 'Only names that contain this, letter case ignored.'): Filter {
  return {
    schema: Type.String({ maxLength: 200, description }),
    where: (value) => condition(attribute, containing(value)),
    fits: (item, value) => String(item[attribute]).toLowerCase().includes(value.toLowerCase())
  }
}

/** Exactly this text. */
export function equals(attribute: string, description: string, maxLength = 200): Filter {
  return {
    schema: Type.String({ minLength: 1, maxLength, description }),
    where: (value) => condition(attribute, value),
    fits: (item, value) => item[attribute] === value
  }
}

/** One of a closed set of words. */
export function oneOf(attribute: string, values: readonly [string, ...string[]], description: string): Filter {
  return { ...equals(attribute, description), schema: words([...values], { description }) as unknown as TString }
}

/** `true` or `false`. */
export function yesOrNo(attribute: string, description: string): Filter {
  return {
    schema: words(['true', 'false'], { description }) as unknown as TString,
    where: (value) => condition(attribute, value === 'true'),
    fits: (item, value) => item[attribute] === (value === 'true')
  }
}

/** Moments from this one on (`since`) or before it (`until`). */
export function moment(attribute: string, side: 'since' | 'until'): Filter {
  const isAfter = side === 'since'
  return {
    schema: Type.String({ format: 'moment', description: isAfter ? 'Only from this moment on.' : 'Only before this moment.' }),
    where: (value) => condition(attribute, { [isAfter ? Op.gte : Op.lt]: new Date(value) }),
    fits(item, value) {
      const at = Date.parse(String(item[attribute]))
      return isAfter ? at >= Date.parse(value) : at < Date.parse(value)
    }
  }
}

/** `label`: a key, or key=value. The labels are in a column of their own, or in the `spec` of a drafted resource. */
export function label(column: 'labels' | 'spec'): Filter {
  const inSpec = column === 'spec'
  const labels = inSpec ? fn('jsonb_extract_path', col('spec'), 'labels') : col('labels')
  return {
    schema: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}(=.{0,256})?$', form: 'a label: KEY or KEY=VALUE', description: 'Only those with this label: KEY or KEY=VALUE.' }),
    where(value) {
      const [key, text] = splitLabel(value)
      if (text === undefined) return where(fn('jsonb_exists', labels, key), true) as unknown as Where
      return condition(column, { [Op.contains]: inSpec ? { labels: { [key]: text } } : { [key]: text } })
    },
    fits(item, value) {
      const [key, text] = splitLabel(value)
      const own = item['labels'] as Record<string, string>
      return Object.hasOwn(own, key) && (text === undefined || own[key] === text)
    }
  }
}

function splitLabel(value: string): [key: string, text: string | undefined] {
  const at = value.indexOf('=')
  return at < 0 ? [value, undefined] : [value.slice(0, at), value.slice(at + 1)]
}
