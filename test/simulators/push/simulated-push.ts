import type { Outgoing, PushDevice } from '../../../src/channels/connector.ts'
import type { Sender } from '../../../src/domain/sender.ts'
import { bareOutgoing } from '../bare-outgoing.ts'
import { type RecordedWayOut, recordedWayOut } from '../recorded-way-out.ts'

export const pushText = 'Your order is on its way: tap to write to us.'
export const pushTitle = 'Example Shop'

/** An app of ours as a sender of `connector`. */
export function pushSender(connector: string, settings: Readonly<Record<string, unknown>>): Sender {
  return {
    accountId: '12345678',
    senderId: '5d0e3f0e-7a52-4f5e-9f39-0d8a6f7c1b22',
    connector,
    channel: 'inapp',
    address: 'com.example.shop',
    title: 'Shop app',
    settings,
    enabled: true,
    broken: null,
  }
}

/** A message to one device. */
export function push(device: Pick<PushDevice, 'platform' | 'token'>, changes: Partial<Outgoing> = {}): Outgoing {
  return bareOutgoing({
    to: 'consumer-4711',
    text: pushText,
    title: pushTitle,
    device: { deviceId: 'd1', registeredAt: new Date('2026-01-01T00:00:00Z'), ...device },
    campaign: { lookBackMinutes: 60, campaignId: 'c-1', engagementId: 'e-1' },
    statusUrl: 'http://127.0.0.1:9/hooks',
    ...changes,
  })
}

/** The way out of a sender with these secrets, and what it recorded. */
export function pushWayOut(secrets: readonly string[], timeoutMs = 5000): RecordedWayOut {
  return recordedWayOut({ timeoutMs, allowPrivateNetworks: true, secrets })
}
