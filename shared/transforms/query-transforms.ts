import { withMoreOf, withoutParameter, withParameter } from './query-text.ts'
import { unknownRouteValue } from './route-value-names.ts'
import type { TransformInput, TransformKind } from './transform-kind.ts'

/** Whether the value takes the place of what is there, or comes behind it. */
function howToAdd(input: TransformInput) {
  return input.has('Set') ? { action: 'Set', change: withParameter } as const : { action: 'Append', change: withMoreOf } as const
}

/** A query parameter with a value given in the configuration (YARP QueryParameterFromStaticTransform.cs). */
export const queryValueParameter: TransformKind = {
  name: 'QueryValueParameter',
  parts: {},
  oneOf: ['Set', 'Append'],
  add(input, target) {
    const name = input.text('QueryValueParameter')
    const { action, change } = howToAdd(input)
    const value = input.template(action)
    target.request((draft, context) => {
      const text = value(context)
      if (text !== null) draft.query = change(draft.query, name, text)
    })
  }
}

/** A query parameter with a route value; without that value nothing changes (YARP QueryParameterFromRouteTransform.cs). */
export const queryRouteParameter: TransformKind = {
  name: 'QueryRouteParameter',
  parts: {},
  oneOf: ['Set', 'Append'],
  add(input, target) {
    const name = input.text('QueryRouteParameter')
    const { action, change } = howToAdd(input)
    const routeValue = input.text(action)
    if (!input.routeValues.has(routeValue.toLowerCase())) return input.problem(action, unknownRouteValue(routeValue, input.routeValues))
    target.request((draft, context) => {
      const value = context.routeValue(routeValue)
      if (value !== null && value !== '') draft.query = change(draft.query, name, value)
    })
  }
}

export const queryRemoveParameter: TransformKind = {
  name: 'QueryRemoveParameter',
  parts: {},
  add(input, target) {
    const name = input.text('QueryRemoveParameter')
    target.request((draft) => void (draft.query = withoutParameter(draft.query, name)))
  }
}

/** Our own addition: no query at all. */
export const queryRemoveAll: TransformKind = {
  name: 'QueryRemoveAll',
  parts: {},
  add(input, target) {
    if (input.word('QueryRemoveAll', ['true', 'false']) === 'true') target.request((draft) => void (draft.query = ''))
  }
}
