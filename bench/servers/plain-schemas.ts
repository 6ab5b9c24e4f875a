/** What both baselines validate and serialise: the published body and answer, as one would write them by hand. */
export const body = {
  type: 'object',
  required: ['skill', 'consumerPhoneNumber', 'handoffId'],
  properties: {
    skill: { type: 'string', maxLength: 255 },
    consumerPhoneNumber: { type: 'string', pattern: '^\\+[0-9]{1,14}$' },
    handoffId: { type: 'string', maxLength: 16 },
    ivrNumber: { type: 'string', maxLength: 32 },
    sdes: { type: 'array' },
    templateVariables: { type: 'object' },
    consumerId: { type: 'string' },
  },
} as const

export const answer = {
  type: 'object',
  properties: {
    availableChannels: { type: 'array', items: { type: 'string' } },
    recommendedChannelName: { type: 'string' },
    eligible: { type: 'boolean' },
    callId: { type: 'string' },
  },
} as const

export interface Body {
  readonly skill: string
  readonly consumerPhoneNumber: string
  readonly handoffId: string
}
