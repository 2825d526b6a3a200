import type { CertificateItem } from '../../../../shared/schema/certificate.ts'
import type { WordKey } from '../../i18n/language.svelte.ts'
import type { Tone } from '../../widgets/status.svelte'

const STATES: Record<CertificateItem['status'], { tone: Tone; words: WordKey }> = {
  valid: { tone: 'good', words: 'certificates.valid' },
  expiring: { tone: 'warn', words: 'certificates.expiring' },
  expired: { tone: 'bad', words: 'certificates.expired' },
  not_yet_valid: { tone: 'warn', words: 'certificates.notYetValid' },
  waiting: { tone: 'accent', words: 'certificates.waiting' }
}

export const SOURCES: Record<CertificateItem['source'], WordKey> = {
  uploaded: 'certificates.uploaded',
  acme: 'certificates.acme',
  selfSigned: 'certificates.selfSigned'
}

const DAY_MS = 86_400_000
const SMALL_SHARE = 0.1

/** What it is called at `now` (ms since the epoch). One that ends soon and that nothing renews needs a person, however short its life was from the start. */
export function stateOf(certificate: Pick<CertificateItem, 'status' | 'source' | 'notBefore' | 'notAfter'>, now: number): { tone: Tone; words: WordKey } {
  const { status, source, notAfter } = certificate
  const isAlive = status === 'valid' || status === 'expiring'
  const endsSoon = Date.parse(notAfter) - now < DAY_MS || shareLeft(certificate, now) < SMALL_SHARE
  return isAlive && endsSoon && source !== 'acme' ? { tone: 'warn', words: 'certificates.endsSoon' } : STATES[status]
}

/** The share of its lifetime that is left at `now` (ms since the epoch), from 0 to 1. */
export function shareLeft({ notBefore, notAfter }: Pick<CertificateItem, 'notBefore' | 'notAfter'>, now: number): number {
  const [from, to] = [Date.parse(notBefore), Date.parse(notAfter)]
  return Math.min(1, Math.max(0, (to - now) / Math.max(1, to - from)))
}
