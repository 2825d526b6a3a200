import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { BenchCase } from '../bench.ts'
import { judge } from '../budget.ts'
import { GATEWAY, listContestants, NGINX } from '../contestants.ts'
import { BENCH_ISSUER, startGuardedGateway } from '../gateway.ts'
import { pathsOf, prefixesOf } from '../line-up.ts'
import { cpuRatio, measureRequests, requestRows, REQUESTS_HEAD, REQUESTS_TEXT } from '../measure-requests.ts'

const PLAIN = `${GATEWAY}, no policies`

export const policies: BenchCase = {
  name: 'policies',
  summary: 'GET of 1 KiB of a route with a token policy and a limit, beside the same without',
  async measure(bench) {
    const [gateway, nginx] = [GATEWAY, NGINX].map((wanted) => listContestants().find(({ name }) => name === wanted)!)
    const { publicKey, privateKey } = await generateKeyPair('ES256')
    const key = JSON.stringify(await exportJWK(publicKey))
    const token = await new SignJWT({ iss: BENCH_ISSUER, aud: 'gateway', sub: 'bench', scope: 'read', exp: Math.floor(Date.now() / 1000) + 86_400 }).setProtectedHeader({ alg: 'ES256' }).sign(privateKey)
    // The origin gets the same header from both.
    const contestants = [{ ...gateway!, start: startGuardedGateway(key) }, nginx!, { ...gateway!, name: PLAIN }]
    const runs = await measureRequests(bench, { name: 'GET 1 KiB, policies', contestants, routes: 10, answerBytes: 1024, paths: pathsOf(prefixesOf(10)), headers: { Authorization: `Bearer ${token}` } })
    const budget = judge({ what: 'CPU for each request of a route with a token policy (a token that came before) and a limit of the node', limit: 1.15, unit: ' x without' }, cpuRatio(runs, GATEWAY, PLAIN))
    return {
      title: 'GET of 1 KiB with policies',
      text: `Every request brings the same token, which is verified once, and goes to a route whose authorization policy asks for a token with a scope and whose rate limiter counts by client address in a token bucket of the node. Without: the same requests, no policies and no identity provider; nginx only passes them on. ${REQUESTS_TEXT}`,
      head: REQUESTS_HEAD,
      rows: requestRows('policies', runs, budget),
      budgets: [budget]
    }
  }
}
