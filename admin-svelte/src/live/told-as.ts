import type { GatewayEvent } from '../../../shared/schema/event.ts'
import { t } from '../i18n/language.svelte.ts'
import type { Toast } from '../widgets/toasts.svelte.ts'

/** What is said at the foot of the page about an event that somebody else caused; null: nothing. `self`: the email of who looks. */
export function toldAs(event: GatewayEvent, self: string | undefined): Omit<Toast, 'id'> | null {
  switch (event.kind) {
    case 'publish':
    case 'rollback': {
      const { by, revision } = event.data
      if (by === self) return null
      return { tone: 'info', text: t(event.kind === 'publish' ? 'told.publish' : 'told.rollback', { by, revision: String(revision) }), href: `/versions/${revision}` }
    }
    case 'proposal_created': {
      const { by, proposalId } = event.data
      return by === self ? null : { tone: 'info', text: t('told.proposed', { by }), href: `/proposals/${proposalId}` }
    }
    case 'proposal_decided': {
      const { by, decision, proposalId } = event.data
      // Of what was approved the publish is told.
      return by === self || decision === 'approved' ? null : { tone: 'warn', text: t('told.rejected', { by }), href: `/proposals/${proposalId}` }
    }
    case 'refusal':
      return { tone: 'bad', text: t('told.refusal', { node: event.data.nodeId, revision: String(event.data.revision) }), href: '/nodes' }
    case 'drift':
      return { tone: 'bad', text: t('told.drift', { node: event.data.nodeId }), href: '/nodes' }
    case 'node_unknown':
      return { tone: 'bad', text: t('told.unknown', { node: event.data.nodeId }), href: '/nodes' }
    case 'node_online':
      return { tone: 'good', text: t('told.online', { node: event.data.nodeId }), href: '/nodes' }
    case 'canary_rolled_back':
    case 'unconfirmed_rolled_back':
      return { tone: 'warn', text: t('told.wentBack', { revision: String(event.data.revision) }), href: '/versions' }
    case 'certificate_failed':
      return { tone: 'bad', text: t('told.certificate', { name: event.data.name }), href: '/certificates' }
    default:
      return null
  }
}
