import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** What `up` generates once and needs again at the next start. */
export interface KeptSecrets {
  email: string
  password: string
  /** API token of the first administrator, with which `up` enrols the node. */
  token: string
  /** 32 bytes, base64. */
  secretsKey: string
}

/** Reads DATA_DIR/admin.json, or makes it (0600). */
export function keepSecrets(dataDir: string): KeptSecrets {
  const file = path.join(dataDir, 'admin.json')
  const stored = readJson(file)
  const secrets: KeptSecrets = {
    email: stored.email ?? 'admin@example.com',
    password: stored.password ?? randomBytes(12).toString('base64url'),
    token: stored.token ?? randomBytes(32).toString('base64url'),
    secretsKey: stored.secretsKey ?? randomBytes(32).toString('base64')
  }
  if (Object.keys(secrets).some((key) => stored[key as keyof KeptSecrets] === undefined)) writeSecret(file, `${JSON.stringify(secrets, null, 2)}\n`)
  return secrets
}

function readJson(file: string): Partial<KeptSecrets> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Partial<KeptSecrets>
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw new Error(`${file} cannot be read: ${(error as Error).message}. Mend it, or remove it to get a new password and token (then the database must be new, too)`)
  }
}

/** The token that an earlier start got for this node, or null. */
export function readNodeToken(dataDir: string, nodeId: string): string | null {
  try {
    const [id, token] = readFileSync(path.join(dataDir, 'node-token'), 'utf8').trim().split(' ')
    return id === nodeId && token !== undefined ? token : null
  } catch {
    return null
  }
}

export function writeNodeToken(dataDir: string, nodeId: string, token: string): void {
  writeSecret(path.join(dataDir, 'node-token'), `${nodeId} ${token}\n`)
}

// Written whole: a start that is killed half-way leaves the old file.
function writeSecret(file: string, text: string): void {
  const part = `${file}.${process.pid}`
  writeFileSync(part, text, { mode: 0o600 })
  renameSync(part, file)
}
