import type { Authorization, Client, Order } from 'acme-client'
import type { AcmeDeps } from './acme-deps.ts'
import { offerChallenge, withdrawChallenge } from './challenges.ts'

/** Shows the authority that the name is ours, and fetches the certificate (RFC 8555 section 7.4). @returns the chain */
export async function fulfilOrder(deps: AcmeDeps, client: Client, name: string, order: Order, csr: Buffer): Promise<string> {
  for (const authorization of await client.getAuthorizations(order)) {
    if (authorization.status !== 'valid') await authorize(deps, client, name, authorization)
  }
  return client.getCertificate(await client.finalizeOrder(order, csr))
}

async function authorize(deps: AcmeDeps, client: Client, name: string, authorization: Authorization): Promise<void> {
  const challenge = authorization.challenges.find(({ type }) => type === 'http-01')
  if (challenge === undefined) throw new Error(`the certificate authority offers no http-01 challenge for ${name}`)
  let isTold = false
  try {
    await offerChallenge(deps, name, challenge.token, await client.getChallengeKeyAuthorization(challenge))
    await client.completeChallenge(challenge)
    isTold = true
    await client.waitForValidStatus(challenge)
  } catch (error) {
    // Authorities allow few that nothing becomes of.
    if (!isTold) await client.deactivateAuthorization(authorization).catch(() => {})
    throw error
  } finally {
    await withdrawChallenge(deps, challenge.token).catch((error: Error) => deps.log.warn({ name, reason: error.message }, 'the answer to a challenge could not be withdrawn'))
  }
}
