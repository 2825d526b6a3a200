import { Op } from 'sequelize'
import type { AcmeDeps } from './acme-deps.ts'
import { renewalInfo, renewalTime } from './renewal-info.ts'

/** Asked about in one go; the others follow a minute later. */
const AT_ONCE = 20
const AFTER_FAILURE_MS = 3_600_000

/** Asks the authority when the certificates that it issued should be renewed, where it says such things. Never rejects for one of them. */
export async function askRenewals({ db, settings, log }: AcmeDeps, now: Date): Promise<void> {
  if (settings === null) return
  const due = await db.acmeNames.findAll({ where: { status: 'issued', infoAt: { [Op.or]: [null, { [Op.lte]: now }] } }, order: [['infoAt', 'ASC NULLS FIRST']], limit: AT_ONCE })
  for (const row of due) {
    try {
      const certificate = await db.certificates.findByPk(row.certificateId)
      const info = certificate === null ? null : await renewalInfo(settings.directoryUrl, certificate.certificatePem, now)
      if (info === null) await row.update({ infoAt: new Date(now.getTime() + 24 * AFTER_FAILURE_MS) })
      else await row.update({ infoAt: info.askAgainAt, nextAt: renewalTime(info, row.nextAt) })
    } catch (error) {
      log.debug({ name: row.name, reason: (error as Error).message }, 'the authority cannot be asked when to renew')
      await row.update({ infoAt: new Date(now.getTime() + AFTER_FAILURE_MS) })
    }
  }
}
