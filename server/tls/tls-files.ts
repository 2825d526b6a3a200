import { createPrivateKey, X509Certificate } from 'node:crypto'
import fs from 'node:fs'
import type { Logger } from 'pino'

const LOOK_MS = 10_000

/** Where control-web's own certificate and key are, both in PEM; the certificate with those of its chain behind it. */
export interface TlsFiles {
  certFile: string
  keyFile: string
}

export interface TlsPair {
  cert: string
  key: string
}

/** Reads both. @throws Error that names the variable to mend, when one cannot be read or they do not belong together */
export function readTlsFiles({ certFile, keyFile }: TlsFiles): TlsPair {
  const cert = read('CONTROL_PLANE_TLS_CERT', certFile)
  const key = read('CONTROL_PLANE_TLS_KEY', keyFile)
  const certificate = parsed(`CONTROL_PLANE_TLS_CERT: ${certFile} holds no certificate in PEM`, () => new X509Certificate(cert))
  const privateKey = parsed(`CONTROL_PLANE_TLS_KEY: ${keyFile} holds no private key in PEM without a password`, () => createPrivateKey(key))
  if (!certificate.checkPrivateKey(privateKey)) throw new Error(`CONTROL_PLANE_TLS_KEY: ${keyFile} is not the key of the certificate in ${certFile}`)
  return { cert, key }
}

/** When the certificate ends, in ms since 1970. */
export function endOf({ cert }: TlsPair): number {
  return new X509Certificate(cert).validToDate.getTime()
}

function read(variable: string, file: string): string {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch (error) {
    throw new Error(`${variable}: ${(error as Error).message}`, { cause: error })
  }
}

function parsed<T>(message: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    throw new Error(message, { cause: error })
  }
}

/**
 * Looks at the files again and again: whoever renews the certificate replaces them, and nobody has to restart anything. A pair
 * that cannot be used, such as one of which only one file is replaced yet, is told of once, and the pair in use stays.
 */
export function watchTlsFiles(files: TlsFiles, first: TlsPair, log: Logger, use: (pair: TlsPair) => void): { stop(): void } {
  let inUse = first
  let complaint = ''
  const timer = setInterval(() => {
    try {
      const pair = readTlsFiles(files)
      complaint = ''
      if (pair.cert === inUse.cert && pair.key === inUse.key) return
      use(pair)
      inUse = pair
      log.info({ until: new Date(endOf(pair)).toISOString() }, 'control-web has a new certificate')
    } catch (error) {
      const { message } = error as Error
      if (message !== complaint) log.error({ reason: message }, 'the new certificate of control-web cannot be used; the one before stays')
      complaint = message
    }
  }, LOOK_MS)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}
