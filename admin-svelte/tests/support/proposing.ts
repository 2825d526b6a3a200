import { freePort } from '../../../scripts/services/free-port.ts'
import { startService } from '../../../scripts/system/support/service.ts'
import type { System } from '../../../scripts/system/support/system.ts'
import { addPerson, firstAdmin } from './person.ts'

/** Somebody who proposes the draft with a note, at a control-web of a system that else asks nobody. */
export interface Proposing {
  approved(note: string): Promise<void>
  rejected(note: string, reason: string): Promise<void>
  /** The last one: it waits. @returns its id */
  ended(note: string): Promise<string>
}

/** Starts a second control-web, where a publish waits for another person. */
export async function startProposing(system: System): Promise<Proposing> {
  const address = `127.0.0.1:${await freePort()}`
  const web = await startService('server/web.ts', { ...system.webEnv, CONTROL_PLANE_ADDR: address, PUBLISH_APPROVAL: 'required' })
  const there = { ...system, baseUrl: `http://${address}` }
  const [lin, admin] = [await addPerson(there, 'lin@example.test', 'publisher'), await firstAdmin(there)]

  async function propose(note: string): Promise<string> {
    const { draftHash, live } = await lin.send<{ draftHash: string; live: { revision: number } }>('POST', '/config/validate', {})
    return (await lin.send<{ proposalId: string }>('POST', '/config/publish', { expectedRevision: live.revision, expectedDraftHash: draftHash, note })).proposalId
  }
  return {
    approved: async (note) => admin.send('POST', `/config/proposals/${await propose(note)}/approve`, {}),
    rejected: async (note, reason) => admin.send('POST', `/config/proposals/${await propose(note)}/reject`, { reason }),
    async ended(note) {
      const id = await propose(note)
      await web.stop()
      return id
    }
  }
}
