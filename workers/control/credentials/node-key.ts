import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'

/** Raw bytes of an X25519 public key. */
const RAW_BYTES = 32

/** The key to which the control plane seals what this node may know. */
export interface NodeKey {
  readonly privateKey: KeyObject
  readonly publicRaw: Buffer
}

/**
 * The node's key pair, made when the data folder has none yet. It never leaves the folder.
 * @throws Error with one clear line when the file is there and cannot be used.
 */
export function loadNodeKey(dataDir: string): NodeKey {
  const file = path.join(dataDir, 'node-key.pem')
  const privateKey = fs.existsSync(file) ? readKey(file) : makeKey(file)
  return { privateKey, publicRaw: rawPublicKey(createPublicKey(privateKey)) }
}

function makeKey(file: string): KeyObject {
  const { privateKey } = generateKeyPairSync('x25519')
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
  // First whole under another name: a half written key would lock the node out.
  fs.writeFileSync(`${file}.new`, pem, { mode: 0o600 })
  fs.renameSync(`${file}.new`, file)
  return privateKey
}

function readKey(file: string): KeyObject {
  try {
    const key = createPrivateKey(fs.readFileSync(file))
    if (key.asymmetricKeyType !== 'x25519') throw new Error(`it is an ${key.asymmetricKeyType} key`)
    return key
  } catch (error) {
    throw new Error(`${file} is not the node's key: ${(error as Error).message}; remove it to make another one`)
  }
}

export function rawPublicKey(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' }).subarray(-RAW_BYTES)
}
