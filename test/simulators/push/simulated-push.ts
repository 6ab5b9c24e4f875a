import type { Outgoing, PushDevice } from '../../../src/channels/connector.ts'
import type { Exchange, OutboundHttp } from '../../../src/channels/http.ts'
import { outboundHttp } from '../../../src/channels/outbound-http.ts'
import type { Sender } from '../../../src/domain/sender.ts'

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
  return {
    messageId: 'b6f1c1de-0e43-4c9a-9a0f-1f1f8a4f0001',
    attemptToken: '9mYp2s7uQh0aVbC3dEfGh1',
    to: 'consumer-4711',
    text: pushText,
    template: null,
    title: pushTitle,
    providerTemplateId: null,
    media: null,
    device: { deviceId: 'd1', registeredAt: new Date('2026-01-01T00:00:00Z'), ...device },
    campaign: { lookBackMinutes: 60, campaignId: 'c-1', engagementId: 'e-1' },
    ttlSeconds: 600,
    statusUrl: 'http://127.0.0.1:9/hooks',
    ...changes,
  }
}

/** The way out of a sender with these secrets, and what it recorded. */
export function pushWayOut(
  secrets: readonly string[],
  timeoutMs = 5000,
): { readonly http: OutboundHttp; readonly exchanges: Exchange[] } {
  const exchanges: Exchange[] = []
  const http = outboundHttp({
    timeoutMs,
    allowPrivateNetworks: true,
    secrets,
    onExchange: (exchange) => exchanges.push(exchange),
  })
  return { http, exchanges }
}
