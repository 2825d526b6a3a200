import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import http from 'node:http'
import type net from 'node:net'
import type { Redis } from 'ioredis'
import { CHANNELS } from '../../shared/schema/channels.ts'
import type { SealedCertificate } from '../../shared/schema/sealed.ts'
import type { Ack, Heartbeat } from '../../shared/schema/node-api.ts'
import type { OperationalState } from '../../shared/schema/operational-state.ts'
import type { Snapshot, SnapshotContent } from '../../shared/schema/snapshot.ts'
import { canonicalJson } from '../../shared/snapshot/canonical.ts'
import { waitUntil } from '../../scripts/services/wait-until.ts'
import { type CertificatePair, sealCertificate } from './seal-certificate.ts'

export const NODE_TOKEN = 'token-of-the-node-under-test'

/** The node API over real HTTP, with a snapshot that a test sets. */
export interface NodeApiServer {
  readonly url: string
  readonly acks: Ack[]
  readonly heartbeats: Heartbeat[]
  /** How often the configuration was asked for. */
  readonly polls: number
  /** Makes this the desired snapshot, as the next revision unless `head` says otherwise. */
  publish(content: SnapshotContent, head?: Partial<Snapshot>): Snapshot
  /** Publishes and waits until the node has reported. */
  publishAndWait(content: SnapshotContent, head?: Partial<Snapshot>): Promise<Ack>
  /** Certificates for the node, by id. */
  setCertificates(pairs: Record<string, CertificatePair>): void
  /** What certificate authorities are answered, by token; nodes have to ask for it. */
  readonly challenges: Map<string, string>
  /** Tokens that a node asked for. */
  readonly askedTokens: string[]
  /** From now on publishes are announced here, as with `redis`. */
  announceBy(redis: Redis): void
  /** What holds without a publish from now on; announced as the control plane does. */
  operate(state: Omit<OperationalState, 'hash'>): void
  /** Makes any body the answer to the question for the configuration. */
  answerConfigWith(body: unknown): void
  stop(): Promise<void>
}

/** With `redis` every publish is announced there, as the control plane does. */
export async function startNodeApiServer(redis?: Redis): Promise<NodeApiServer> {
  const acks: Ack[] = []
  const heartbeats: Heartbeat[] = []
  const epoch = randomUUID()
  let revision = 0
  let polls = 0
  let config: unknown = null
  let certificates: Record<string, CertificatePair> = {}
  const challenges = new Map<string, string>()
  const askedTokens: string[] = []
  let nodeKey: Buffer | null = null
  let operation: OperationalState = hashed({ drain: null, targets: [] })
  /** Of `certificates` to that key, made when the node asks first or already before. */
  let sealed: SealedCertificate[] | null = null

  const server = http.createServer(async (request, response) => {
    const send = (status: number, body?: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(body === undefined ? undefined : JSON.stringify(body))
    }
    if (request.headers.authorization !== `Bearer ${NODE_TOKEN}`) return send(401, { error: {} })
    const url = new URL(request.url ?? '', 'http://local')
    if (url.pathname === '/api/v1/node/config') {
      polls++
      if (config === null) return send(204)
      const { desired } = config as { desired?: { epoch: string; revision: number } }
      return url.searchParams.get('have') === `${desired?.epoch}.${desired?.revision}` ? send(304) : send(200, config)
    }
    if (url.pathname === '/api/v1/node/credentials') {
      if (nodeKey === null) return send(409, { error: { code: 'node_key_missing' } })
      const hash = createHash('sha256').update(JSON.stringify(certificates)).digest('hex')
      if (url.searchParams.get('have') === hash) return send(304)
      sealed ??= sealAll(certificates, nodeKey)
      return send(200, { hash, certificates: sealed })
    }
    if (url.pathname === '/api/v1/node/operational-state') return url.searchParams.get('have') === operation.hash ? send(304) : send(200, operation)
    if (url.pathname.startsWith('/api/v1/node/acme/')) {
      const token = url.pathname.split('/').at(-1) ?? ''
      askedTokens.push(token)
      const keyAuthorization = challenges.get(token)
      return keyAuthorization === undefined ? send(404, { error: {} }) : send(200, { token, keyAuthorization })
    }
    const body = await readJson(request)
    if (url.pathname === '/api/v1/node/key') {
      nodeKey = Buffer.from((body as { publicKey: string }).publicKey, 'base64')
      sealed = null
      return send(204)
    }
    if (url.pathname === '/api/v1/node/ack') acks.push(body as Ack)
    else heartbeats.push(body as Heartbeat)
    return url.pathname === '/api/v1/node/ack' ? send(204) : send(200, { desired: (config as { desired?: unknown } | null)?.desired ?? null })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const publish = (content: SnapshotContent, head: Partial<Snapshot> = {}): Snapshot => {
    const snapshot: Snapshot = { ...snapshotOf(content, epoch, revision + 1), ...head }
    revision = snapshot.revision
    config = { desired: { epoch: snapshot.epoch, revision, sha256: snapshot.sha256 }, snapshot }
    void redis?.publish(CHANNELS.config, JSON.stringify({ epoch: snapshot.epoch, revision }))
    return snapshot
  }
  return {
    url: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    acks,
    heartbeats,
    challenges,
    askedTokens,
    get polls() {
      return polls
    },
    publish,
    async publishAndWait(content, head) {
      const { epoch: wantedEpoch, revision: wanted } = publish(content, head)
      const found = (): Ack | undefined => acks.findLast((ack) => ack.epoch === wantedEpoch && ack.revision === wanted)
      await waitUntil(() => found() !== undefined, { ms: 20_000, what: `the report about revision ${wanted}` })
      return found() as Ack
    },
    setCertificates(pairs) {
      certificates = pairs
      sealed = nodeKey === null ? null : sealAll(pairs, nodeKey)
    },
    announceBy(given) {
      redis = given
    },
    operate(state) {
      operation = hashed(state)
      void redis?.publish(CHANNELS.config, JSON.stringify({ kind: 'operation' }))
    },
    answerConfigWith(body) {
      config = body
    },
    async stop() {
      server.close()
      server.closeAllConnections()
      if (server.listening) await once(server, 'close')
    }
  }
}

function sealAll(certificates: Record<string, CertificatePair>, nodeKey: Buffer): SealedCertificate[] {
  return Object.entries(certificates).map(([id, pair]) => sealCertificate(id, pair, nodeKey))
}

export function snapshotOf(content: SnapshotContent, epoch: string, revision: number): Snapshot {
  const sha256 = createHash('sha256').update(canonicalJson(content)).digest('hex')
  return { epoch, revision, schemaVersion: 1, createdBy: 'test', createdAt: new Date().toISOString(), note: '', sha256, content }
}

function hashed(state: Omit<OperationalState, 'hash'>): OperationalState {
  return { hash: createHash('sha256').update(canonicalJson(state)).digest('hex'), ...state }
}

async function readJson(request: http.IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const part of request.setEncoding('utf8')) text += part
  return JSON.parse(text)
}
