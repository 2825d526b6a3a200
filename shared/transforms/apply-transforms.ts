import type { CompiledTransforms } from './compile-transforms.ts'
import type { RequestDraft, ResponseDraft, TransformContext } from './drafts.ts'
import { type FieldNames, onlyFields } from './header-lines.ts'

/** Changes the request as the route wants it: what is copied, the list in its order, the forwarding fields; Host where nothing of it said one. */
export function transformRequest({ request, passedForwarding, options }: CompiledTransforms, draft: RequestDraft, context: TransformContext): void {
  if (passedForwarding !== null && draft.forwarding !== '') draft.fields += onlyFields(draft.forwarding, passedForwarding)
  draft.fields = copied(draft.fields, options.copyRequestHeaders, options.allowedRequestHeaders)
  for (const step of request) step(draft, context)
  if (draft.host === '' && options.originalHost) draft.host = draft.originalHost
}

/** A list of what is allowed says all about it: as in YARP, those are copied also where nothing else is. */
function copied(fields: string, copies: boolean, allowed: FieldNames | null): string {
  return allowed !== null ? onlyFields(fields, allowed) : copies ? fields : ''
}

export function transformResponse({ response, options }: CompiledTransforms, draft: ResponseDraft, context: TransformContext): void {
  draft.fields = copied(draft.fields, options.copyResponseHeaders, options.allowedResponseHeaders)
  for (const step of response) step(draft, context)
}

export function transformTrailers({ trailers, options }: CompiledTransforms, draft: ResponseDraft, context: TransformContext): void {
  draft.fields = copied(draft.fields, options.copyResponseTrailers, options.allowedResponseTrailers)
  for (const step of trailers) step(draft, context)
}

/** The field lines of an answer of the gateway itself. Nothing of it is copied, so no list says what may be. */
export function transformOwnAnswer({ response }: CompiledTransforms, status: number, fields: string, context: TransformContext): string {
  const draft: ResponseDraft = { status, fields }
  for (const step of response) step(draft, context)
  return draft.fields
}
