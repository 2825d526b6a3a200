import { argon2, scrypt, timingSafeEqual } from 'node:crypto'

interface ParsedHash {
  readonly salt: Buffer
  readonly hash: Buffer
  compute(password: Buffer, done: (error: Error | null, hash: Buffer) => void): void
}

const SCRYPT = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/
const ARGON2 = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

/** Whether the password has this hash (PHC string format). Computed by libuv's threads, away from the event loop. */
export function passwordFits(text: string, password: Buffer): Promise<boolean> {
  const parsed = parse(text)
  if (parsed === null) return Promise.reject(new Error('the hash cannot be read'))
  return new Promise((resolve, reject) => {
    parsed.compute(password, (error, hash) => {
      if (error !== null) reject(error)
      else resolve(hash.length === parsed.hash.length && timingSafeEqual(hash, parsed.hash))
    })
  })
}

function parse(text: string): ParsedHash | null {
  const byScrypt = SCRYPT.exec(text)
  if (byScrypt !== null) {
    const [, ln, r, p, salt = '', hash = ''] = byScrypt
    const wanted = Buffer.from(hash, 'base64')
    const [N, blocks] = [2 ** Number(ln), Number(r)]
    const options = { N, r: blocks, p: Number(p), maxmem: 256 * N * blocks }
    const bytes = Buffer.from(salt, 'base64')
    return { salt: bytes, hash: wanted, compute: (password, done) => scrypt(password, bytes, wanted.length, options, done) }
  }
  const byArgon = ARGON2.exec(text)
  if (byArgon === null) return null
  const [, m, t, p, salt = '', hash = ''] = byArgon
  const wanted = Buffer.from(hash, 'base64')
  const nonce = Buffer.from(salt, 'base64')
  const terms = { nonce, parallelism: Number(p), tagLength: wanted.length, memory: Number(m), passes: Number(t) }
  return { salt: nonce, hash: wanted, compute: (password, done) => argon2('argon2id', { message: password, ...terms }, done) }
}
