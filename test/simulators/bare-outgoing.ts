import type { Outgoing } from '../../src/channels/connector.ts'

/** A message of ours that has nothing beside its text, unless `own` gives it more. */
export function bareOutgoing(own: Pick<Outgoing, 'to' | 'text' | 'statusUrl'> & Partial<Outgoing>): Outgoing {
  return {
    messageId: 'b6f1c1de-0e43-4c9a-9a0f-1f1f8a4f0001',
    attemptToken: '9mYp2s7uQh0aVbC3dEfGh1',
    template: null,
    title: null,
    providerTemplateId: null,
    media: null,
    device: null,
    campaign: null,
    ttlSeconds: 600,
    ...own,
  }
}
