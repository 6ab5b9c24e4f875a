import { createECDH, randomBytes } from 'node:crypto'
import type { Onboarding } from './actions/onboard-account.ts'
import type { Region } from './domain/account.ts'
import type { HandoffDraft } from './domain/check-handoff.ts'
import { defaultOptOutLine, inviteTtlSeconds, lookbackMinutes } from './domain/handoff.ts'
import { sandboxAccountId } from './domain/sandbox-account.ts'

/** What the sandbox is made of: pretend phones, no provider, no cap. */
export const sandboxHandoffs = { sms: 'H000000000000001', wa: 'H000000000000002', inapp: 'H000000000000003' }
export const sandboxSkills = ['support', 'sales', 'billing']
export const sandboxUsers = [
  { email: 'admin@sandbox.example', name: 'Sandbox administrator', role: 'administrator' },
  { email: 'manager@sandbox.example', name: 'Sandbox manager', role: 'agent-manager' },
  { email: 'agent@sandbox.example', name: 'Sandbox agent', role: 'agent' },
] as const

const numbers = { sms: '+18005550100', wa: '+18005550101' }
const app = 'Sandbox app'
const template = 'continue_here'

const sms = {
  channel: 'sms',
  sender: numbers.sms,
  text: 'Thank you for calling. Reply to this message to go on by text.',
  optOutLine: defaultOptOutLine,
  senderByIvrNumber: {},
} as const
const wa = { channel: 'wa', sender: numbers.wa, template } as const
const inapp = {
  channel: 'inapp',
  senders: [app],
  title: 'Go on in the app',
  text: 'Thank you for calling. Reply to this message to go on here.',
} as const

/** What the sandbox is onboarded with; the simulated senders' secrets are new each time. */
export function sandboxBrand(region: Region): Onboarding {
  const settings = () => ({ secret: randomBytes(24).toString('base64url') })
  const vapid = createECDH('prime256v1')
  vapid.generateKeys()
  const handoff = (handoffId: string, title: string, channels: HandoffDraft['channels']) => ({
    handoffId,
    title,
    channels,
    enabled: true,
    lookbackMinutes: lookbackMinutes.default,
    skills: null,
    routeAllWithinLookback: false,
    openConversation: 'refuse' as const,
    inviteTtlSeconds: inviteTtlSeconds.default,
  })
  return {
    accountId: sandboxAccountId,
    title: 'Sandbox brand',
    region,
    settings: { consumerCap: null },
    skills: sandboxSkills,
    users: sandboxUsers.map((user) => ({ ...user, skills: sandboxSkills })),
    senders: [
      { connector: 'sms-simulator', address: numbers.sms, title: 'Sandbox SMS number', settings: settings() },
      { connector: 'wa-simulator', address: numbers.wa, title: 'Sandbox WhatsApp number', settings: settings() },
      { connector: 'inapp-simulator', address: app, title: app, settings: settings() },
      {
        // The same app's second push service, and the sandbox's only real one: for whoever lets the page notify them.
        connector: 'inapp-webpush',
        address: app,
        title: `${app}, Web Push`,
        settings: {
          subject: 'mailto:sandbox@example.com',
          vapidPublicKey: vapid.getPublicKey('base64url'),
          vapidPrivateKey: wholeKey(vapid.getPrivateKey()).toString('base64url'),
        },
      },
    ],
    templates: [
      {
        name: template,
        language: 'en',
        status: 'approved',
        body: 'Thank you for calling. Reply to this message to go on in WhatsApp.',
        header: null,
        footer: null,
        buttons: [],
      },
    ],
    handoffs: [
      handoff(sandboxHandoffs.sms, 'Sandbox: SMS', [sms]),
      handoff(sandboxHandoffs.wa, 'Sandbox: WhatsApp, else SMS', [wa, sms]),
      handoff(sandboxHandoffs.inapp, 'Sandbox: in-app', [inapp]),
    ],
    privileges: ['ivr.engagement', 'reporting', 'handoffs.read', 'consumers.vouch', 'admin'],
  }
}

/** Node leaves zero bytes at the beginning out: one first start in 256 failed for it. */
const wholeKey = (key: Buffer): Buffer => Buffer.concat([Buffer.alloc(32 - key.length), key])
