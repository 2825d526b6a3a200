import type { TransformKind } from './transform-kind.ts'

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** Another method for requests of one method (YARP HttpMethodChangeTransform.cs). */
export const httpMethodChange: TransformKind = {
  name: 'HttpMethodChange',
  parts: { Set: 'required' },
  add(input, target) {
    const from = input.text('HttpMethodChange').toUpperCase()
    const to = input.text('Set')
    for (const [part, method] of [['HttpMethodChange', from], ['Set', to]] as const) {
      if (!TOKEN.test(method)) return input.problem(part, `"${method}" is no method`)
      if (/^(?:connect|trace)$/i.test(method)) return input.problem(part, `${method} is never forwarded`)
      // The client of the one expects no body, that of the other does.
      if (/^head$/i.test(method)) return input.problem(part, 'HEAD cannot be changed, and nothing be made HEAD')
    }
    target.request((draft) => {
      if (draft.method.toUpperCase() === from) draft.method = to
    })
  }
}
