import { withField, withoutField } from './header-lines.ts'
import { lineWriter } from './line-writer.ts'
import { asFieldList } from './field-list.ts'
import type { RequestStep } from './drafts.ts'
import { unknownRouteValue } from './route-value-names.ts'
import type { TransformInput, TransformKind, TransformTarget } from './transform-kind.ts'
import { headerSafe, type ValueTemplate } from './value-template.ts'

/** Set replaces what the client sent, Append adds another line. Host is not among the lines. */
function headerStep(name: string, isSet: boolean, value: ValueTemplate): RequestStep {
  const lower = name.toLowerCase()
  if (lower === 'host') {
    return (draft, context) => {
      const text = value(context)
      if (text !== null) draft.host = headerSafe(text)
    }
  }
  const lineOf = lineWriter(name)
  return (draft, context) => {
    const text = value(context)
    if (text === null) return
    draft.fields = (isSet ? withoutField(draft.fields, lower) : draft.fields) + lineOf(text)
  }
}

function addHeader(input: TransformInput, key: string, target: TransformTarget, valueOf: (part: string) => ValueTemplate): void {
  const part = input.has('Set') ? 'Set' : 'Append'
  const field = input.fieldName(key)
  if (part === 'Set') target.options.ownRequestHeaders.add(field.toLowerCase())
  target.request(headerStep(field, part === 'Set', valueOf(part)), field)
}

/** A header with a value given in the configuration (YARP RequestHeaderValueTransform.cs). */
export const requestHeader: TransformKind = {
  name: 'RequestHeader',
  parts: {},
  oneOf: ['Set', 'Append'],
  add: (input, target) => addHeader(input, 'RequestHeader', target, (part) => input.template(part))
}

/** A header with a route value; without that value nothing changes (YARP RequestHeaderRouteValueTransform.cs). */
export const requestHeaderRouteValue: TransformKind = {
  name: 'RequestHeaderRouteValue',
  parts: {},
  oneOf: ['Set', 'Append'],
  add(input, target) {
    addHeader(input, 'RequestHeaderRouteValue', target, (part) => {
      const name = input.text(part)
      if (!input.routeValues.has(name.toLowerCase())) input.problem(part, unknownRouteValue(name, input.routeValues))
      return (context) => context.routeValue(name) || null
    })
  }
}

export const requestHeaderRemove: TransformKind = {
  name: 'RequestHeaderRemove',
  parts: {},
  add(input, target) {
    const name = input.fieldName('RequestHeaderRemove').toLowerCase()
    target.options.ownRequestHeaders.add(name)
    target.request((draft) => void (draft.fields = withoutField(draft.fields, name)), name)
  }
}

/** Whether the client's fields go to the origin at all. */
export const requestHeadersCopy: TransformKind = {
  name: 'RequestHeadersCopy',
  parts: {},
  add(input, target) {
    target.options.copyRequestHeaders = input.word('RequestHeadersCopy', ['true', 'false']) === 'true'
  }
}

/** Only these of the client's fields go to the origin (YARP RequestHeadersAllowedTransform.cs). */
export const requestHeadersAllowed: TransformKind = {
  name: 'RequestHeadersAllowed',
  parts: {},
  add(input, target) {
    target.options.allowedRequestHeaders = asFieldList(input, 'RequestHeadersAllowed')
  }
}

/** Whether the origin gets the Host header that the client sent. */
export const requestHeaderOriginalHost: TransformKind = {
  name: 'RequestHeaderOriginalHost',
  parts: {},
  add(input, target) {
    target.options.originalHost = input.word('RequestHeaderOriginalHost', ['true', 'false']) === 'true'
  }
}

/** The client's certificate in a header; what a client sends in it itself is removed (YARP RequestHeaderClientCertTransform.cs). */
export const clientCert: TransformKind = {
  name: 'ClientCert',
  parts: {},
  add(input, target) {
    const name = input.fieldName('ClientCert')
    const lower = name.toLowerCase()
    target.options.ownRequestHeaders.add(lower)
    target.request((draft, context) => {
      draft.fields = withoutField(draft.fields, lower)
      if (context.clientCertificate !== '') draft.fields = withField(draft.fields, name, context.clientCertificate)
    }, name)
  }
}
