import { type ErrorCode, ERRORS } from '../../shared/schema/error-table.ts'
import { PATH_PARAMETER } from '../http/endpoint-path.ts'
import type { Endpoint } from '../http/endpoint.ts'

/** The codes that an endpoint answers with because of what it declares; what it does may have others of its own (`default`). */
function errorCodesOf(endpoint: Endpoint): ErrorCode[] {
  const { permission, method, needsVersion } = endpoint
  const takesBody = method !== 'GET'
  return [
    'invalid_request',
    ...(takesBody ? (['invalid_json'] as const) : []),
    ...(permission === 'public' ? [] : (['unauthenticated', 'forbidden'] as const)),
    ...(permission === 'public' || permission === 'node' || endpoint.tenantScoped ? [] : (['outside_grant'] as const)),
    ...(permission !== 'public' && takesBody ? (['csrf_mismatch'] as const) : []),
    ...(endpoint.path.search(PATH_PARAMETER) >= 0 ? (['not_found'] as const) : []),
    ...(needsVersion ? (['version_mismatch', 'precondition_required'] as const) : []),
    ...(takesBody ? (['body_too_large', 'unsupported_media_type'] as const) : []),
    'rate_limited',
    'database_unavailable'
  ]
}

/** Answers of an operation, one for each status, with an example for each code. */
export function errorAnswers(endpoint: Endpoint): Record<string, unknown> {
  const byStatus = Map.groupBy(errorCodesOf(endpoint), (code) => ERRORS[code].status)
  return Object.fromEntries([...byStatus].map(([status, codes]) => [String(status), {
    description: codes.map((code) => `${code}: ${ERRORS[code].message}`).join(' '),
    ...(status === 429 ? { headers: { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } } } : {}),
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' }, examples: Object.fromEntries(codes.map((code) => [code, { value: errorExample(code) }])) } }
  }]))
}

function errorExample(code: ErrorCode): unknown {
  const issues = code === 'invalid_request' ? { issues: [{ path: '/name', code: 'required', message: 'name is required', severity: 'error' }] } : {}
  return { error: { code, message: ERRORS[code].message, requestId: '0f5e9b0c-6d0e-4b7e-9d53-2f2f4f4d7a11', ...issues } }
}
