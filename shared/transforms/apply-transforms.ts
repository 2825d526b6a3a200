import type { CompiledTransforms } from './compile-transforms.ts'
import type { RequestDraft, ResponseDraft, TransformContext } from './drafts.ts'
import { onlyFields } from './header-lines.ts'
import { defaultForwarding } from './x-forwarded.ts'

/** Changes the request as the route wants it: what is copied, the list in its order, Host, then the forwarding headers. */
export function transformRequest({ request, options }: CompiledTransforms, draft: RequestDraft, context: TransformContext): void {
  if (!options.copyRequestHeaders) draft.fields = ''
  else if (options.allowedRequestHeaders !== null) draft.fields = onlyFields(draft.fields, options.allowedRequestHeaders)
  for (const step of request) step(draft, context)
  if (draft.host === '' && options.originalHost) draft.host = draft.originalHost
  const forward = options.forwarding ?? defaultForwarding
  forward(draft, context)
}

export function transformResponse({ response, options }: CompiledTransforms, draft: ResponseDraft, context: TransformContext): void {
  if (!options.copyResponseHeaders) draft.fields = ''
  else if (options.allowedResponseHeaders !== null) draft.fields = onlyFields(draft.fields, options.allowedResponseHeaders)
  for (const step of response) step(draft, context)
}

export function transformTrailers({ trailers, options }: CompiledTransforms, draft: ResponseDraft, context: TransformContext): void {
  if (!options.copyResponseTrailers) draft.fields = ''
  else if (options.allowedResponseTrailers !== null) draft.fields = onlyFields(draft.fields, options.allowedResponseTrailers)
  for (const step of trailers) step(draft, context)
}

/** The field lines of an answer of the gateway itself. Nothing of it is copied, so no list says what may be. */
export function transformOwnAnswer({ response }: CompiledTransforms, status: number, fields: string, context: TransformContext): string {
  const draft: ResponseDraft = { status, fields }
  for (const step of response) step(draft, context)
  return draft.fields
}
