import dns from 'node:dns'
import http from 'node:http'
import https from 'node:https'
import { isPublicAddress } from './public-address.ts'
import { webhookUrlProblem } from './check-webhook-url.ts'

/** Longest time of one attempt, from the look-up of the name to the head of the answer. */
const TIMEOUT_MS = 10_000
const MOST_HEADER_BYTES = 16_384

/** What came of an attempt; `error` null: it was taken (2xx). */
export interface Attempt {
  status: number | null
  error: string | null
  ms: number
}

/**
 * Sends one request. The addresses that the name has are checked at the moment they are connected to, so that a name
 * cannot lead elsewhere afterwards. Redirects are not followed, and the body of the answer is not read.
 */
export async function postWebhook(url: string, headers: Record<string, string>, body: string, privateTargets: boolean): Promise<Attempt> {
  const began = performance.now()
  const ended = (status: number | null, error: string | null): Attempt => ({ status, error, ms: Math.round(performance.now() - began) })
  const problem = webhookUrlProblem(url, privateTargets)
  if (problem !== null) return ended(null, problem)
  try {
    const status = await statusOf(url, { ...headers, 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)), 'user-agent': 'open-gateway-webhooks' }, body, privateTargets)
    return ended(status, status >= 200 && status < 300 ? null : `answered ${status}${status >= 300 && status < 400 ? '; redirects are not followed' : ''}`)
  } catch (error) {
    return ended(null, ((error as Error).message || (error as NodeJS.ErrnoException).code) ?? 'no connection')
  }
}

function statusOf(url: string, headers: Record<string, string>, body: string, privateTargets: boolean): Promise<number> {
  return new Promise((resolve, reject) => {
    const { request } = url.startsWith('https:') ? https : http
    const sent = request(url, { method: 'POST', headers, agent: false, lookup: checkedLookup(privateTargets), maxHeaderSize: MOST_HEADER_BYTES })
    const timer = setTimeout(() => sent.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)), TIMEOUT_MS)
    sent.on('response', (response) => {
      resolve(response.statusCode ?? 0)
      response.destroy()
    })
    sent.on('error', reject)
    sent.on('close', () => {
      clearTimeout(timer)
      reject(new Error('the connection was closed before the answer'))
    })
    sent.end(body)
  })
}

function checkedLookup(privateTargets: boolean): NonNullable<http.RequestOptions['lookup']> {
  return (hostname, options, callback) => {
    dns.lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, [])
      const allowed = privateTargets ? addresses : addresses.filter(({ address }) => isPublicAddress(address))
      if (allowed.length === 0) return callback(new Error(`${hostname} has only private addresses; WEBHOOK_PRIVATE_TARGETS allows these`), [])
      if (options.all) return callback(null, allowed)
      callback(null, allowed[0]!.address, allowed[0]!.family)
    })
  }
}
