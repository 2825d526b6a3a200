import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { NODE_TOKEN, type NodeApiServer, startNodeApiServer } from '../../testing/node-api-server.ts'
import { createControlPlane } from '../control-plane.ts'
import { ChallengeLookup } from './challenge-lookup.ts'

const TOKEN = 'a-token-of-an-authority-0000000000'

let api: NodeApiServer
let now: number
let lookup: ChallengeLookup

before(async () => {
  api = await startNodeApiServer()
  api.challenges.set(TOKEN, `${TOKEN}.thumbprint`)
})

after(() => api.stop())

beforeEach(() => {
  now = 0
  api.askedTokens.length = 0
  lookup = new ChallengeLookup(createControlPlane({ url: api.url, token: NODE_TOKEN, version: '0' }), () => now)
})

test('an answer is asked for once, and believed for a moment, as is that there is none', async () => {
  assert.deepEqual(await Promise.all([1, 2, 3].map(() => lookup.find(TOKEN))), Array.from({ length: 3 }, () => `${TOKEN}.thumbprint`))
  for (let count = 0; count < 3; count++) assert.equal(await lookup.find('unknown'), null)
  assert.deepEqual(api.askedTokens, [TOKEN, 'unknown'])
  now += 2_100
  await lookup.find('unknown')
  assert.equal(api.askedTokens.length, 3)
})

test('of tokens that are made up few reach the control plane: four at once, ten a second', async () => {
  await Promise.all(Array.from({ length: 50 }, (_, index) => lookup.find(`at-once-${index}`)))
  assert.equal(api.askedTokens.length, 4)
  for (let index = 0; index < 50; index++) await lookup.find(`one-by-one-${index}`)
  assert.equal(api.askedTokens.length, 10)
  assert.equal(await lookup.find(TOKEN), null)
  now += 1_000
  assert.equal(await lookup.find(TOKEN), `${TOKEN}.thumbprint`)
})

test('a control plane that is away, or answers something else, has no answer', async () => {
  const away = new ChallengeLookup(createControlPlane({ url: 'http://127.0.0.1:9', token: NODE_TOKEN, version: '0' }))
  assert.equal(await away.find(TOKEN), null)
  api.challenges.set('strange', 'not a key authorization')
  assert.equal(await lookup.find('strange'), null)
})
