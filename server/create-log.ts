import { type Logger, pino } from 'pino'

/** The log of a process: JSON lines on stdout, without anything secret. */
export function createLog(name: string, level: string): Logger {
  return pino({
    name,
    level,
    base: { name },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { error: pino.stdSerializers.err },
    redact: ['*.password', '*.token', '*.authorization', '*.cookie']
  })
}
