import { usage } from './parse-command.ts'
import { readSeconds, readWholeNumber } from './read-number.ts'

/** Options of a publish that may go back by itself. */
export const GUARD_OPTIONS = {
  canary: { value: 'NODES', help: 'these nodes first (edge-1,edge-2), or so many of them (10%); the others follow unless they get worse' },
  hold: { value: 'SECONDS', help: 'how long a canary is compared (300)' },
  'max-error-increase': { value: 'SHARE', help: 'by how much the share of 5xx answers of a canary may rise (0.01)' },
  'max-latency-factor': { value: 'FACTOR', help: 'by what the p99 of a canary may be multiplied (2)' },
  'confirm-within': { value: 'SECONDS', help: 'goes back by itself unless "gateway confirm" comes within so many seconds' }
} as const

type GuardOptions = { readonly [Name in keyof typeof GUARD_OPTIONS]: string | undefined }

/** The fields of the publish that they mean; none where none is given. @throws Failure where one makes no sense */
export function guardsOf(options: GuardOptions): Record<string, unknown> {
  const { canary, hold, 'max-error-increase': errors, 'max-latency-factor': latency, 'confirm-within': confirm } = options
  if (canary === undefined && (hold !== undefined || errors !== undefined || latency !== undefined)) throw usage('--hold, --max-error-increase and --max-latency-factor are about a --canary')
  return {
    ...canary === undefined ? {} : {
      canary: {
        ...nodesOf(canary),
        holdSeconds: readSeconds('--hold', hold ?? '300'),
        ...errors === undefined ? {} : { maxErrorRateIncrease: readDecimal('--max-error-increase', errors) },
        ...latency === undefined ? {} : { maxLatencyFactor: readDecimal('--max-latency-factor', latency) }
      }
    },
    ...confirm === undefined ? {} : { confirmWithinSeconds: readSeconds('--confirm-within', confirm) }
  }
}

function nodesOf(text: string): { percent: number } | { nodes: string[] } {
  const percent = /^(\d+)%$/.exec(text)?.[1]
  return percent === undefined ? { nodes: text.split(',') } : { percent: readWholeNumber('--canary', percent, 1, 100) }
}

function readDecimal(option: string, text: string): number {
  if (!/^\d{1,6}(\.\d{1,6})?$/.test(text)) throw usage(`${option} must be a number such as 0.01, not "${text}"`)
  return Number(text)
}
