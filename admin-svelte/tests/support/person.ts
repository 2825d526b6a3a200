import type { System } from '../../../scripts/system/support/system.ts'
import type { Role } from '../../../shared/schema/role.ts'

const ROOT = '/api/v1'

/** Somebody who has signed in, as the API knows people: by a session, not by a token. */
export interface Person {
  email: string
  password: string
  /** Sends to the API as this person. An error status throws. */
  send<T>(method: string, path: string, body?: unknown): Promise<T>
}

/** The admin that every system begins with. */
export function firstAdmin({ baseUrl }: System): Promise<Person> {
  return signedIn(baseUrl, 'admin@example.test', 'correct horse battery staple')
}

/** Adds a person, who has chosen a password of its own. */
export async function addPerson({ api, baseUrl }: System, email: string, role: Role): Promise<Person> {
  const { oneTimePassword } = await api.must('POST', '/users', { email, role })
  const password = `the own password of ${email}`
  const first = await signedIn(baseUrl, email, oneTimePassword)
  await first.send<unknown>('POST', '/session/password', { oldPassword: oneTimePassword, newPassword: password })
  return signedIn(baseUrl, email, password)
}

async function signedIn(baseUrl: string, email: string, password: string): Promise<Person> {
  const opened = await send(baseUrl, {}, 'POST', '/session', { email, password })
  const headers = { cookie: opened.headers.get('set-cookie')?.split(';')[0] ?? '', 'x-csrf-token': ((await opened.json()) as { csrfToken: string }).csrfToken }
  return {
    email,
    password,
    async send(method, path, body) {
      const text = await (await send(baseUrl, headers, method, path, body)).text()
      return text === '' ? null : JSON.parse(text)
    }
  }
}

async function send(baseUrl: string, headers: Record<string, string>, method: string, path: string, body?: unknown): Promise<Response> {
  const response = await fetch(baseUrl + ROOT + path, { method, headers: { 'content-type': 'application/json', ...headers }, body: body === undefined ? null : JSON.stringify(body) })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return response
}
