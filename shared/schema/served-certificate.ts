import Type from 'typebox'
import { sha256Hex, strictObject, timestamp, words } from './field.ts'

const text = (maxLength: number) => Type.String({ maxLength })

/** What a thread shows a client that asks for a name. */
export const ServedCertificate = strictObject({
  listener: text(200),
  address: text(45),
  port: Type.Integer({ minimum: 1, maximum: 65_535 }),
  by: words(['name', 'default', 'nothing'], { description: 'name: one that names it. default: that of the listener or its policy. nothing: none fits, and the handshake fails.' }),
  certificate: Type.Union([
    strictObject({
      id: text(64),
      fingerprint256: sha256Hex(),
      names: Type.Array(text(255), { maxItems: 1_000 }),
      issuer: text(2_000),
      notBefore: timestamp(),
      notAfter: timestamp()
    }),
    Type.Null()
  ]),
  threads: Type.Integer({ minimum: 1, description: 'How many threads say so.' })
})
export type ServedCertificate = Type.Static<typeof ServedCertificate>

export const ServedCertificates = Type.Array(ServedCertificate, { maxItems: 1_000 })

/** What a node answers, as JSON in a list of Redis. */
export const ServedCertificatesAnswer = strictObject({ nodeId: Type.String({ minLength: 1, maxLength: 128 }), served: ServedCertificates })
export type ServedCertificatesAnswer = Type.Static<typeof ServedCertificatesAnswer>
