import { setTimeout as delay } from 'node:timers/promises'
import { runAlone } from '../services/postgres.ts'
import type { ChaosPromise } from './chaos-promise.ts'
import { type ControlStand, startControlStand } from './control-stand.ts'
import type { Stand } from './stand.ts'

/** Attempts of somebody who does not know the password; after a hundred failures the address itself has to wait. */
const GUESSES = 60
/** Five are free, then the account waits 1, 2, 4 ... seconds. */
const MOST_LOOKED_AT = 12
const WAITS = 3
/** Retry-After is in whole seconds. */
const SPARE_MS = 100

interface ErrorBody { error?: { code: string; message: string; version?: number; current?: { version: number }; [field: string]: unknown } }

export const promise: ChaosPromise = {
  title: 'two editors, a stale version, an expired session, somebody who guesses passwords',
  seconds: 120,
  isQuick: true,
  async run(stand) {
    const control = await startControlStand(stand)
    await twoEditors(stand, control)
    await staleDraft(stand, control)
    await expiredSession(stand, control)
    await guesses(stand, control)
  }
}

/** Both saw the same version; what the second one wrote is refused, not lost: it is theirs still, and they are told the version. */
async function twoEditors(stand: Stand, { system: { api }, routeId }: ControlStand): Promise<void> {
  const { etag } = await api.request('GET', `/routes/${routeId}`)
  const patch = (description: string) => api.request<ErrorBody>('PATCH', `/routes/${routeId}`, { description }, { 'if-match': etag ?? '' })
  const answers = await Promise.all([patch('of the first'), patch('of the second')])
  const statuses = answers.map(({ status }) => status).sort()
  const refused = answers.find(({ status }) => status === 412)?.body.error
  const { version } = await api.must<{ version: number }>('GET', `/routes/${routeId}`)
  const isTold = JSON.stringify(refused ?? {}).includes(String(version))
  stand.check('of two editors one writes, the other gets 412 with the version that is there', statuses.join() === '200,412' && isTold, `${statuses.join(', ')}: ${refused?.message}`)
}

/** Publishing what was not looked at. */
async function staleDraft(stand: Stand, { system: { api }, edit }: ControlStand): Promise<void> {
  const { draftHash, live } = await api.must<{ draftHash: string; live: { revision: number } }>('POST', '/config/validate', {})
  await edit()
  const stale = await api.request<ErrorBody>('POST', '/config/publish', { expectedRevision: live.revision, expectedDraftHash: draftHash, note: '' })
  const published = await api.publish('in between') as { body: { revision: number } }
  await edit()
  const { draftHash: now } = await api.must<{ draftHash: string }>('POST', '/config/validate', {})
  const late = await api.request<ErrorBody>('POST', '/config/publish', { expectedRevision: live.revision, expectedDraftHash: now, note: '' })
  const isKept = stale.status === 409 && stale.body.error?.code === 'draft_changed' && Array.isArray(stale.body.error['edits'])
  const isTold = late.status === 409 && late.body.error?.code === 'revision_mismatch' && late.body.error['revision'] === published.body.revision && late.body.error['changes'] !== undefined
  stand.check('a publish of what was not looked at gets 409 with the difference', isKept && isTold, `${stale.body.error?.message} | ${late.body.error?.message}`)
}

async function expiredSession(stand: Stand, { system }: ControlStand): Promise<void> {
  const signedIn = await signIn(system.webEnv['ADMIN_PASSWORD'] ?? '', system)
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''
  const ask = async () => (await fetch(`${system.baseUrl}/api/v1/session`, { headers: { cookie } })).status
  const before = await ask()
  await runAlone(system.databaseUrl, "UPDATE sessions SET last_seen_at = now() - interval '30 days'")
  const idle = await ask()
  await runAlone(system.databaseUrl, "UPDATE sessions SET last_seen_at = now(), expires_at = now() - interval '1 second'")
  const old = await ask()
  stand.check('a session that idled too long, or is too old, is none', before === 200 && idle === 401 && old === 401, `before ${before}, idle ${idle}, too old ${old}`)
}

/** Side by side, as fast as they are answered; then one whenever it is looked at. */
async function guesses(stand: Stand, { system }: ControlStand): Promise<void> {
  const password = system.webEnv['ADMIN_PASSWORD'] ?? ''
  const guess = (index: number) => signIn(`wrong password ${index}`, system)
  const statuses = await Promise.all(Array.from({ length: GUESSES }, async (_, index) => (await guess(index)).status))
  const looked = statuses.filter((status) => status === 401).length
  const held = statuses.filter((status) => status === 429).length
  // The wait may be over before somebody is told of it: that guess is looked at, and begins the next.
  const told = async (): Promise<number> => {
    for (;;) {
      const answer = await guess(0)
      if (answer.status !== 401) return secondsOf(answer)
    }
  }
  const waits = [await told()]
  const afterWaits: number[] = []
  for (let step = 0; step < WAITS; step++) {
    await delay((waits.at(-1) ?? 0) * 1000 + SPARE_MS)
    afterWaits.push((await guess(step)).status)
    waits.push(await told())
  }
  const right = await signIn(password, system)
  const isGrowing = afterWaits.every((status) => status === 401) && waits.every((wait, index) => wait > (waits[index - 1] ?? 0))
  stand.check('guesses are delayed, longer each time, then locked out, the right password too', looked <= MOST_LOOKED_AT && looked + held === GUESSES && isGrowing && right.status === 429, `${looked} of ${GUESSES} were looked at, the others 429; then waits of ${waits.join(', ')} s; the right one meanwhile ${right.status}`)
  await delay(secondsOf(right) * 1000 + SPARE_MS)
  stand.check('the right password is taken after that', (await signIn(password, system)).ok, '')
}

function secondsOf(answer: Response): number {
  return Number(answer.headers.get('retry-after'))
}

function signIn(password: string, { baseUrl, webEnv }: ControlStand['system']): Promise<Response> {
  return fetch(`${baseUrl}/api/v1/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ email: webEnv['ADMIN_EMAIL'], password }) })
}
