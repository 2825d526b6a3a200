import { compilePathReplacer } from '../routing/regex/path-regex.ts'
import type { TransformContext } from './drafts.ts'
import type { TransformKind } from './transform-kind.ts'
import { parsePathPattern, type PatternValue } from './path-pattern.ts'
import { pathSafe } from './value-template.ts'

/** The part as a path: a slash in front, encoded. */
function asPath(text: string): string {
  const encoded = text.replace(/[^\x21-\x7e]+/gu, (other) => encodeURIComponent(other.toWellFormed())).replace(/[?#]/g, encodeURIComponent)
  return encoded.startsWith('/') ? encoded : `/${encoded}`
}

/** Puts a path in front (YARP PathStringTransform.cs). */
export const pathPrefix: TransformKind = {
  name: 'PathPrefix',
  parts: {},
  add(input, target) {
    const prefix = asPath(input.text('PathPrefix')).replace(/\/$/, '')
    target.request((draft) => void (draft.path = prefix + draft.path))
  }
}

/** Takes a prefix off that ends on a segment boundary, letter case ignored; else the path stays. */
export const pathRemovePrefix: TransformKind = {
  name: 'PathRemovePrefix',
  parts: {},
  add(input, target) {
    const prefix = asPath(input.text('PathRemovePrefix')).replace(/\/$/, '')
    const folded = prefix.toLowerCase()
    target.request((draft) => {
      const { path } = draft
      const isPrefix = path.length >= prefix.length && (path.length === prefix.length || path[prefix.length] === '/') && path.slice(0, prefix.length).toLowerCase() === folded
      if (isPrefix) draft.path = path.length === prefix.length ? '/' : path.slice(prefix.length)
    })
  }
}

export const pathSet: TransformKind = {
  name: 'PathSet',
  parts: {},
  add(input, target) {
    const path = asPath(input.text('PathSet'))
    target.request((draft) => void (draft.path = path))
  }
}

/** As the path has it: encoded anew, a slash that came as %2F could not be told from a "%2F" that came as %252F. */
function valueOf({ name, fallback, keepsSlashes }: PatternValue, context: TransformContext): string {
  const encoded = context.encodedRouteValue(name)
  if (encoded === null) return pathSafe(context.routeValue(name) ?? fallback, keepsSlashes)
  return keepsSlashes ? encoded : encoded.replaceAll('/', '%2F')
}

/** Replaces the path by a template with route values in it (YARP PathRouteValuesTransform.cs). */
export const pathPattern: TransformKind = {
  name: 'PathPattern',
  parts: {},
  add(input, target) {
    const pattern = parsePathPattern(input.text('PathPattern'), input.routeValues)
    if (typeof pattern === 'string') return input.problem('PathPattern', pattern)
    target.request((draft, context) => {
      let path = ''
      for (const segment of pattern) {
        let text = ''
        for (const part of segment) {
          if (typeof part === 'string') text += part
          else text += valueOf(part, context)
        }
        // A segment whose values are not there goes away with its slash, as one that would lead out of the pattern.
        if (segment.length === 0 || !/^\.{0,2}$/.test(text)) path += `/${text}`
      }
      draft.path = path === '' ? '/' : path
    })
  }
}

/** Replaces what an RE2 expression finds in the encoded path; `Set` may hold $1 and ${name} for its groups. Not in YARP. */
export const pathRegexReplace: TransformKind = {
  name: 'PathRegexReplace',
  parts: { Set: 'required' },
  add(input, target) {
    const replacer = compilePathReplacer(input.text('PathRegexReplace'), input.text('Set'))
    if ('message' in replacer) return input.problem('PathRegexReplace', replacer.message)
    target.request((draft) => void (draft.path = asPath(replacer.replace(draft.path))))
  }
}
