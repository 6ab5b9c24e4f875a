import type { Outgoing } from '../../../src/channels/connector.ts'
import type { Sender } from '../../../src/domain/sender.ts'
import { bareOutgoing } from '../bare-outgoing.ts'
import { type RecordedWayOut, wayOutTo } from '../recorded-way-out.ts'
import type { SimulatedAccount } from './options.ts'

/** One account as the simulator knows it, and the same as a sender of ours: what most tests need of Twilio. */
export const simulatedAccount = {
  accountSid: `AC${'a1'.repeat(16)}`,
  authToken: 'e3b0c44298fc1c149afbf4c8996fb924',
  apiKeys: [{ sid: `SK${'a2'.repeat(16)}`, secret: 'kX9mQ2vL7pR4tW8yB3nH6jD1' }],
  numbers: ['+12065550100', '+12065550101', 'whatsapp:+12065550100', 'whatsapp:+12065550101'],
  messagingServices: [
    { sid: `MG${'d4'.repeat(16)}`, numbers: ['+12065550101', 'whatsapp:+12065550101'], advancedOptOut: true },
  ],
} as const satisfies SimulatedAccount

export const consumerPhone = '+12065550123'

/** A sender of `simulatedAccount` on its first number; more or other settings may be given. */
export function simulatedSender(baseUrl: string, settings: Readonly<Record<string, unknown>> = {}): Sender {
  return {
    accountId: '12345678',
    senderId: '5d0e3f0e-7a52-4f5e-9f39-0d8a6f7c1b11',
    connector: 'sms-twilio',
    channel: 'sms',
    address: simulatedAccount.numbers[0],
    title: 'Main number',
    settings: {
      accountSid: simulatedAccount.accountSid,
      authToken: simulatedAccount.authToken,
      apiBaseUrl: baseUrl,
      lookupsBaseUrl: baseUrl,
      ...settings,
    },
    enabled: true,
    broken: null,
  }
}

/** The same account's WhatsApp sender on its first number. */
export function simulatedWhatsappSender(baseUrl: string, settings: Readonly<Record<string, unknown>> = {}): Sender {
  const { lookupsBaseUrl: _, ...account } = simulatedSender(baseUrl).settings
  return {
    ...simulatedSender(baseUrl),
    connector: 'wa-twilio',
    channel: 'wa',
    title: 'WhatsApp',
    settings: { ...account, contentBaseUrl: baseUrl, messagingBaseUrl: baseUrl, ...settings },
  }
}

/** A text to the consumer; the status URL is one that the simulator may call. */
export function outgoing(changes: Partial<Outgoing> = {}): Outgoing {
  return bareOutgoing({
    to: consumerPhone,
    text: 'Continue here: we are ready to help.',
    statusUrl: 'http://127.0.0.1:9/hooks/sms-twilio/12345678/s1?attempt=9mYp2s7uQh0aVbC3dEfGh1',
    ...changes,
  })
}

/** The way out to the simulator, and what it recorded. */
export function simulatedWayOut(baseUrl: string, timeoutMs = 5000): RecordedWayOut {
  return wayOutTo(baseUrl, [simulatedAccount.authToken, simulatedAccount.apiKeys[0].secret], timeoutMs)
}
