import { isIP } from 'node:net'
import { isLoopback, isPublicAddress } from './public-address.ts'

/** Why nothing may be sent there, or null. Names are looked up only when something is sent, and checked again then. */
export function webhookUrlProblem(text: string, privateTargets: boolean): string | null {
  const url = URL.parse(text)
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return 'url must be an https address such as https://hooks.example.com/gateway'
  if (url.username !== '' || url.password !== '') return 'url must not hold credentials; requests are signed instead'
  if (url.hash !== '') return 'url must not have a fragment'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (url.protocol === 'http:' && !(privateTargets && (isLoopback(host) || host === 'localhost'))) return 'url must be https; http is for loopback addresses, where WEBHOOK_PRIVATE_TARGETS is true'
  if (isIP(host) !== 0 && !privateTargets && !isPublicAddress(host)) return 'url names a private address; set WEBHOOK_PRIVATE_TARGETS to true to allow these'
  return null
}
