import type { ResponseDraft, ResponseStep } from './drafts.ts'
import { asFieldList } from './field-list.ts'
import { withoutField } from './header-lines.ts'
import { lineWriter } from './line-writer.ts'
import type { TransformInput, TransformKind, TransformTarget } from './transform-kind.ts'

/** When a transform of a response is applied (YARP ResponseCondition.cs). */
const CONDITIONS = ['Success', 'Always', 'Failure'] as const
type Condition = (typeof CONDITIONS)[number]

/** Success: below 400. Failure: 400 or more, as the gateway answers where the origin does not. */
function isMet(condition: Condition, { status }: ResponseDraft): boolean {
  return condition === 'Always' || status < 400 === (condition === 'Success')
}

type AddStep = (target: TransformTarget, step: ResponseStep) => void

function changing(name: string, add: AddStep): TransformKind {
  return {
    name,
    parts: { When: 'optional' },
    oneOf: ['Set', 'Append'],
    add(input, target) {
      const field = input.fieldName(name)
      const lower = field.toLowerCase()
      const isSet = input.has('Set')
      const value = input.template(isSet ? 'Set' : 'Append')
      const when = input.word('When', CONDITIONS)
      const lineOf = lineWriter(field)
      add(target, (draft, context) => {
        if (!isMet(when, draft)) return
        const text = value(context)
        if (text !== null) draft.fields = (isSet ? withoutField(draft.fields, lower) : draft.fields) + lineOf(text)
      })
    }
  }
}

function removing(name: string, add: AddStep): TransformKind {
  return {
    name,
    parts: { When: 'optional' },
    add(input, target) {
      const lower = input.fieldName(name).toLowerCase()
      const when = input.word('When', CONDITIONS)
      add(target, (draft) => {
        if (isMet(when, draft)) draft.fields = withoutField(draft.fields, lower)
      })
    }
  }
}

function choosing(name: string, choose: (target: TransformTarget, input: TransformInput) => void): TransformKind {
  return { name, parts: {}, add: (input, target) => choose(target, input) }
}

const toResponse: AddStep = (target, step) => target.response(step)
const toTrailers: AddStep = (target, step) => target.trailers(step)

export const responseTransforms: readonly TransformKind[] = [
  changing('ResponseHeader', toResponse),
  removing('ResponseHeaderRemove', toResponse),
  choosing('ResponseHeadersCopy', ({ options }, input) => void (options.copyResponseHeaders = input.word('ResponseHeadersCopy', ['true', 'false']) === 'true')),
  choosing('ResponseHeadersAllowed', ({ options }, input) => void (options.allowedResponseHeaders = asFieldList(input, 'ResponseHeadersAllowed'))),
  changing('ResponseTrailer', toTrailers),
  removing('ResponseTrailerRemove', toTrailers),
  choosing('ResponseTrailersCopy', ({ options }, input) => void (options.copyResponseTrailers = input.word('ResponseTrailersCopy', ['true', 'false']) === 'true')),
  choosing('ResponseTrailersAllowed', ({ options }, input) => void (options.allowedResponseTrailers = asFieldList(input, 'ResponseTrailersAllowed')))
]
