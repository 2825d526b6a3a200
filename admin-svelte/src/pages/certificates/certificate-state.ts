import type { CertificateItem } from '../../../../shared/schema/certificate.ts'
import type { WordKey } from '../../i18n/language.svelte.ts'
import type { Tone } from '../../widgets/status.svelte'

export const STATES: Record<CertificateItem['status'], { tone: Tone; words: WordKey }> = {
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

/** The share of its lifetime that is left at `now` (ms since the epoch), from 0 to 1. */
export function shareLeft({ notBefore, notAfter }: Pick<CertificateItem, 'notBefore' | 'notAfter'>, now: number): number {
  const [from, to] = [Date.parse(notBefore), Date.parse(notAfter)]
  return Math.min(1, Math.max(0, (to - now) / Math.max(1, to - from)))
}
