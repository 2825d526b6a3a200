import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { buildOpenApi } from '../../openapi/openapi.ts'

/** The API's description of itself. `all` is asked for late, because it includes these endpoints. */
export function documentEndpoints(all: () => readonly Endpoint[]): Endpoint[] {
  let document: ReturnType<typeof buildOpenApi> | undefined
  return [
    endpoint({
      method: 'GET',
      path: '/openapi.json',
      permission: 'public',
      tag: 'documents',
      summary: 'This API as OpenAPI 3.1',
      answers: { 200: { description: 'The OpenAPI document.' } },
      handle: async () => ({ status: 200, body: (document ??= buildOpenApi(all())) })
    })
  ]
}
