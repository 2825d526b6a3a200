import { type ApiCall, createApiClient } from './api-client.ts'
import { assertDeclared } from './assert-declared.ts'
import { ADMIN, type ControlPlane } from './control-plane.ts'

/** A client with a session cookie, as a browser has, of the first admin or another person; it sends the CSRF token unless `withCsrf` is false. */
export async function signIn(plane: ControlPlane, withCsrf = true, { email, password }: { email: string; password: string } = ADMIN): Promise<ApiCall> {
  const { headers, body } = await plane.as.anonymous('POST', '/session', { email, password })
  const cookie = headers.get('set-cookie')?.split(';')[0] ?? ''
  return createApiClient(`${plane.origin}/api/v1`, { cookie, ...(withCsrf ? { 'x-csrf-token': body.csrfToken } : {}) }, assertDeclared)
}
