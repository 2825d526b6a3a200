import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, test } from 'node:test'
import { Client, credentials, Metadata, type MethodDefinition, Server, ServerCredentials, type ServerDuplexStream, status, type UntypedServiceImplementation } from '@grpc/grpc-js'
import type { Credential } from '../credential.ts'
import { type EngineUnderTest, startEngine } from '../testing/engine-under-test.ts'
import { makeAuthority, makeCredential, type TestAuthority } from '../testing/make-certificate.ts'

const ID = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`
const bytes = { requestSerialize: (value: Buffer) => value, requestDeserialize: (value: Buffer) => value, responseSerialize: (value: Buffer) => value, responseDeserialize: (value: Buffer) => value }
const method = (name: string, requestStream: boolean, responseStream: boolean): MethodDefinition<Buffer, Buffer> => ({ path: `/test.Echo/${name}`, requestStream, responseStream, ...bytes })
const METHODS = { unary: method('Unary', false, false), fail: method('Fail', false, false), serve: method('Serve', false, true), collect: method('Collect', true, false), chat: method('Chat', true, true) }

let authority: TestAuthority
let credential: Credential
let origin: Server
let gateway: EngineUnderTest
let client: Client

const SERVICE: UntypedServiceImplementation = {
  unary(call: { request: Buffer; metadata: Metadata }, callback: (error: null, value: Buffer, trailer: Metadata) => void) {
    const trailer = new Metadata()
    trailer.set('x-heard', String(call.metadata.get('x-said')[0]))
    callback(null, call.request, trailer)
  },
  fail: (_call: unknown, callback: (error: object) => void) => callback({ code: status.NOT_FOUND, details: 'there is none: ü' }),
  serve(call: { request: Buffer; write(value: Buffer): void; end(): void }) {
    for (let index = 0; index < 100; index++) call.write(Buffer.alloc(1_000, index))
    call.end()
  },
  async collect(call: AsyncIterable<Buffer>, callback: (error: null, value: Buffer) => void) {
    callback(null, Buffer.from(String(Buffer.concat(await Array.fromAsync(call)).length)))
  },
  chat(call: ServerDuplexStream<Buffer, Buffer>) {
    call.on('data', (piece: Buffer) => call.write(piece))
    call.on('end', () => call.end())
  }
}

const { requestSerialize: out, responseDeserialize: back } = bytes

for (const http2Engine of ['direct', 'http2-proxy'] as const) {
  describe(`gRPC by the engine ${http2Engine}`, () => {
    before(async () => {
      authority = await makeAuthority()
      credential = await makeCredential(ID(500), ['a.test'], authority)
      origin = new Server()
      origin.addService(METHODS as never, SERVICE)
      const port = await new Promise<number>((resolve, reject) => origin.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => (error === null ? resolve(bound) : reject(error))))
      gateway = await startEngine({ targets: [`h2c://127.0.0.1:${port}`], listener: { protocol: 'https', tlsPolicyId: ID(400), http2Engine }, tlsPolicies: [{ certificateIds: [credential.id] }] })
      gateway.engine.useCredentials({ certificates: [credential], fleetKey: null })
      client = new Client(`127.0.0.1:${gateway.port}`, credentials.createSsl(Buffer.from(authority.pem)), { 'grpc.ssl_target_name_override': 'a.test', 'grpc.default_authority': 'a.test' })
    })

    after(async () => {
      client.close()
      await gateway.stop()
      origin.forceShutdown()
    })

    test('a unary call, with metadata one way and in the trailers the other', async () => {
      const metadata = new Metadata()
      metadata.set('x-said', 'hello')
      const data = Buffer.alloc(200_000, 7)
      const heard = Promise.withResolvers<Metadata>()
      const answer = await new Promise<Buffer>((resolve, reject) => {
        const call = client.makeUnaryRequest(METHODS.unary.path, out, back, data, metadata, (error, value) => (error === null ? resolve(value!) : reject(error)))
        call.on('status', ({ metadata: trailer }) => heard.resolve(trailer))
      })
      assert.ok(answer.equals(data))
      assert.deepEqual((await heard.promise).get('x-heard'), ['hello'])
    })

    test('a failure comes with its status and words', async () => {
      const error = await new Promise<{ code: number; details: string } | null>((resolve) => client.makeUnaryRequest(METHODS.fail.path, out, back, Buffer.alloc(1), (given) => resolve(given)))
      assert.deepEqual([error?.code, error?.details], [status.NOT_FOUND, 'there is none: ü'])
    })

    test('streams of the server, of the client, and of both at once', async () => {
      const served = await Array.fromAsync(client.makeServerStreamRequest(METHODS.serve.path, out, back, Buffer.alloc(1)) as AsyncIterable<Buffer>)
      assert.deepEqual(served.map((piece) => [piece.length, piece[0]]), Array.from({ length: 100 }, (_, index) => [1_000, index]))

      const collected = await new Promise<Buffer>((resolve, reject) => {
        const call = client.makeClientStreamRequest(METHODS.collect.path, out, back, (error, value) => (error === null ? resolve(value!) : reject(error)))
        for (let index = 0; index < 50; index++) call.write(Buffer.alloc(10_000))
        call.end()
      })
      assert.equal(collected.toString(), '500000')

      const chat = client.makeBidiStreamRequest(METHODS.chat.path, out, back)
      for (let round = 0; round < 5; round++) {
        chat.write(Buffer.from(`round ${round}`))
        assert.equal(((await once(chat, 'data')) as [Buffer])[0].toString(), `round ${round}`)
      }
      chat.end()
      await once(chat, 'end')
    })

    test('an answer of the gateway itself is a failure that gRPC understands', async () => {
      const error = await new Promise<{ code: number } | null>((resolve) => {
        gateway.apply({ targets: [], listener: { protocol: 'https', tlsPolicyId: ID(400), http2Engine }, tlsPolicies: [{ certificateIds: [credential.id] }] })
        client.makeUnaryRequest(METHODS.unary.path, out, back, Buffer.alloc(1), (given) => resolve(given))
      })
      assert.equal(error?.code, status.UNAVAILABLE)
    })
  })
}
