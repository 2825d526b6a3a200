import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, type CryptoKey } from 'jose'

/** An issuer of tokens with a key set on a real port. */
export interface TokenIssuer {
  readonly issuer: string
  readonly jwksUrl: string
  /** Requests for the key set. */
  readonly fetches: number
  /** What the next requests for the key set are answered; null: the keys. */
  answer: { status: number; body: string } | null
  /** The key set is not answered until the promise is kept. */
  held: Promise<void>
  /** A token that is valid in all; claims and header replace what is there, undefined leaves out. */
  token(claims?: JWTPayload, header?: Record<string, unknown>): Promise<string>
  /** From now on there is only this key. */
  rotate(keyId: string): Promise<void>
  stop(): Promise<void>
}

export async function startTokenIssuer(issuer = 'https://login.example/'): Promise<TokenIssuer> {
  let keyId = 'first'
  let pair = await generateKeyPair('ES256')
  let fetches = 0
  const server = http.createServer(async (_request, response) => {
    fetches++
    await started.held
    const { status, body } = started.answer ?? { status: 200, body: JSON.stringify({ keys: [{ ...await exportJWK(pair.publicKey), kid: keyId, alg: 'ES256', use: 'sig' }] }) }
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const started: TokenIssuer = {
    issuer,
    jwksUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`,
    get fetches() {
      return fetches
    },
    answer: null,
    held: Promise.resolve(),
    token: (claims = {}, header = {}) => signed(pair.privateKey, issuer, claims, { alg: 'ES256', kid: keyId, ...header }),
    async rotate(next) {
      pair = await generateKeyPair('ES256')
      keyId = next
    },
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    }
  }
  return started
}

function signed(key: CryptoKey, issuer: string, claims: JWTPayload, header: Record<string, unknown> & { alg: string }): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const payload = { iss: issuer, aud: 'gateway', sub: 'ann', iat: now, exp: now + 300, ...claims }
  return new SignJWT(payload).setProtectedHeader(header).sign(key)
}
