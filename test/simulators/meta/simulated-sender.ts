import type { NewTemplate, Outgoing } from '../../../src/channels/connector.ts'
import type { Sender } from '../../../src/domain/sender.ts'
import { bareOutgoing } from '../bare-outgoing.ts'
import { type RecordedWayOut, wayOutTo } from '../recorded-way-out.ts'
import type { SimulatedBusiness } from './options.ts'

/** One app with two numbers as the simulator knows it, and the first number as a sender of ours: what most tests need of Meta. */
export const simulatedBusiness = {
  wabaId: '102290129340398',
  appSecret: 'f2c9a1d4b7e84360951c8ad3e0f4b6c7',
  verifyToken: 'blue-harbour-42-lantern',
  tokens: [
    { token: 'EAAJB7sYqV3cBO9kX2mQ7LpR4tW', scopes: ['whatsapp_business_messaging', 'whatsapp_business_management'] },
    { token: 'EAAJBmessagingonly1x2y3z', scopes: ['whatsapp_business_messaging'] },
  ],
  numbers: [
    { phoneNumberId: '106540352242922', displayPhoneNumber: '15550783881' },
    { phoneNumberId: '106540352242933', displayPhoneNumber: '15550783882' },
  ],
  templates: [
    {
      name: 'continue_in_chat',
      language: 'en_US',
      category: 'UTILITY',
      status: 'APPROVED',
      components: [
        { type: 'BODY', text: 'Hello {{1}}, you can continue here: we are ready to help with {{2}}.' },
        { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'No, thanks' }] },
      ],
    },
    {
      name: 'spring_offer',
      language: 'en_US',
      category: 'MARKETING',
      status: 'APPROVED',
      components: [{ type: 'BODY', text: 'Hello, our spring offer is here for you.' }],
    },
  ],
} as const satisfies SimulatedBusiness

export const waConsumer = '+16505551234'

/** A sender of `simulatedBusiness` on its first number; more or other settings may be given. */
export function simulatedWaSender(baseUrl: string, settings: Readonly<Record<string, unknown>> = {}): Sender {
  return {
    accountId: '12345678',
    senderId: '7c1d9a52-3b0e-4a7f-8f6d-2e5b9c4a1d33',
    connector: 'wa-cloud',
    channel: 'wa',
    address: `+${simulatedBusiness.numbers[0].displayPhoneNumber}`,
    title: 'WhatsApp',
    settings: {
      phoneNumberId: simulatedBusiness.numbers[0].phoneNumberId,
      wabaId: simulatedBusiness.wabaId,
      accessToken: simulatedBusiness.tokens[0].token,
      appSecret: simulatedBusiness.appSecret,
      verifyToken: simulatedBusiness.verifyToken,
      graphBaseUrl: baseUrl,
      ...settings,
    },
    enabled: true,
    broken: null,
  }
}

export const simulatedTemplate = {
  templateId: '3f0d6a1e-6b1e-4f0a-9c59-0d8a6f7c1b22',
  name: 'continue_in_chat',
  language: 'en_US',
  status: 'approved',
  body: 'Hello {{1}}, you can continue here: we are ready to help with {{2}}.',
  header: null,
  footer: null,
  buttons: [{ kind: 'quick-reply', label: 'No, thanks', value: 'STOP' }],
} as const satisfies NonNullable<Outgoing['template']>['template']

/** A template that Meta would take into review. */
export const newTemplate = {
  name: 'order_follow_up',
  language: 'en_US',
  category: 'UTILITY',
  body: 'Hello {{1}}, you called us about order {{2}}. Write here to continue.',
  header: null,
  footer: null,
  buttons: [],
  samples: { body: { 1: 'Ann', 2: '4711' }, header: {}, buttons: {} },
} as const satisfies NewTemplate

/** The invite as a template to the consumer. */
export function waOutgoing(changes: Partial<Outgoing> = {}): Outgoing {
  return bareOutgoing({
    messageId: 'b6f1c1de-0e43-4c9a-9a0f-1f1f8a4f0002',
    attemptToken: '9mYp2s7uQh0aVbC3dEfGh2',
    to: waConsumer,
    text: 'Hello Ann, you can continue here: we are ready to help with order 4711.',
    template: {
      template: simulatedTemplate,
      variables: { body: { 1: 'Ann', 2: 'order 4711' }, header: {}, buttons: {} },
    },
    statusUrl: 'http://127.0.0.1:9/hooks/wa-cloud/12345678/s1?attempt=9mYp2s7uQh0aVbC3dEfGh2',
    ...changes,
  })
}

/** The way out to the simulator, and what it recorded. */
export function waWayOut(baseUrl: string, timeoutMs = 5000): RecordedWayOut {
  const { tokens, appSecret, verifyToken } = simulatedBusiness
  return wayOutTo(baseUrl, [tokens[0].token, appSecret, verifyToken], timeoutMs)
}
