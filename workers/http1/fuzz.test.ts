import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzzRequests } from '../testing/fuzz/fuzz-requests.ts'
import { fuzzResponses } from '../testing/fuzz/fuzz-responses.ts'
import { fuzzSegments } from '../testing/fuzz/fuzz-segments.ts'

for (const seed of [1, 20260, 777, 4]) {
  test(`requests: what is forwarded is one request for a strict parser (seed ${seed})`, async () => {
    const forwarded = await fuzzRequests({ seed, rounds: 400 })
    assert.ok(forwarded > 40, `the fuzzer must get requests through to mean something: ${forwarded}`)
  })
}

for (const seed of [1, 20260]) {
  test(`responses: the client gets what a strict parser gets, an error, or a cut (seed ${seed})`, async () => {
    const passed = await fuzzResponses({ seed, rounds: 200 })
    assert.ok(passed > 20, `the fuzzer must get responses through to mean something: ${passed}`)
  })
}

for (const seed of [1, 20260, 777]) {
  test(`segments: the same bytes mean the same in any pieces (seed ${seed})`, () => {
    assert.equal(fuzzSegments({ seed, rounds: 3000 }), 3000)
  })
}
