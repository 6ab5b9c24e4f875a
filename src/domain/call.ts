import type { Channel } from './channel.ts'
import type { Sdes } from './sde.ts'
import type { TemplateVariables } from './template.ts'

/** What the IVR told us at eligibility, kept under callId: an invite names nothing else. */
export interface Call {
  readonly accountId: string
  /** UUID v4, as the published API promises. */
  readonly callId: string
  readonly attemptedAt: Date
  readonly consumerPhone: string
  readonly consumerId: string | null
  readonly handoffId: string
  readonly skillId: string
  readonly ivrNumber: string | null
  readonly sdes: Sdes | null
  readonly templateVariables: TemplateVariables
  /** In the handoff's order; empty: not eligible. */
  readonly availableChannels: readonly Channel[]
}

/** Every address that the call names its consumer by: a STOP of any of them binds what is sent because of the call. */
export const namedAddresses = ({
  consumerPhone,
  consumerId,
}: Pick<Call, 'consumerPhone' | 'consumerId'>): readonly string[] =>
  consumerId === null ? [consumerPhone] : [consumerPhone, consumerId]
