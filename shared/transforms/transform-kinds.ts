import { forwarded } from './forwarded.ts'
import { httpMethodChange } from './http-method-change.ts'
import { pathPattern, pathPrefix, pathRegexReplace, pathRemovePrefix, pathSet } from './path-transforms.ts'
import { queryRemoveAll, queryRemoveParameter, queryRouteParameter, queryValueParameter } from './query-transforms.ts'
import {
  clientCert, requestHeader, requestHeaderOriginalHost, requestHeaderRemove, requestHeaderRouteValue, requestHeadersAllowed, requestHeadersCopy
} from './request-header-transforms.ts'
import { responseTransforms } from './response-transforms.ts'
import type { TransformKind } from './transform-kind.ts'
import { xForwarded } from './x-forwarded.ts'

/** Every kind of transform, by its name in lower case. */
export const TRANSFORM_KINDS: ReadonlyMap<string, TransformKind> = new Map([
  pathPrefix, pathRemovePrefix, pathSet, pathPattern, pathRegexReplace,
  queryValueParameter, queryRouteParameter, queryRemoveParameter, queryRemoveAll,
  httpMethodChange,
  requestHeader, requestHeaderRouteValue, requestHeaderRemove, requestHeadersCopy, requestHeadersAllowed, requestHeaderOriginalHost, clientCert,
  xForwarded, forwarded,
  ...responseTransforms
].map((kind) => [kind.name.toLowerCase(), kind]))
