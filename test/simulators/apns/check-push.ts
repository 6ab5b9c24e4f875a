import type { IncomingHttpHeaders } from 'node:http2'

export interface ApnsRefusal {
  readonly status: number
  readonly reason: string
  /** Milliseconds since 1970; with 410 only. */
  readonly timestamp?: number
}

const bundleId = 'com.example.shop'

/** What Apple finds wrong with the request itself, in its order of words; null: nothing. */
export function requestRefusal(headers: IncomingHttpHeaders, body: string): ApnsRefusal | null {
  const refuse = (reason: string, status = 400): ApnsRefusal => ({ status, reason })
  const header = (name: string): string | undefined => headers[name]?.toString()
  if (header(':method') !== 'POST') return refuse('MethodNotAllowed', 405)
  if (!/^\/3\/device\/[^/]*$/.test(header(':path') ?? '')) return refuse('BadPath', 404)
  const topic = header('apns-topic')
  if (topic === undefined) return refuse('MissingTopic')
  if (topic !== bundleId) return refuse('TopicDisallowed')
  if (!['alert', 'background'].includes(header('apns-push-type') ?? '')) return refuse('InvalidPushType')
  if (!['10', '5', '1', undefined].includes(header('apns-priority'))) return refuse('BadPriority')
  if (!/^\d{1,10}$/.test(header('apns-expiration') ?? '0')) return refuse('BadExpirationDate')
  if (Buffer.byteLength(header('apns-collapse-id') ?? '') > 64) return refuse('BadCollapseId')
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(header('apns-id') ?? '')) return refuse('BadMessageId')
  if (body === '') return refuse('PayloadEmpty')
  if (Buffer.byteLength(body) > 4096) return refuse('PayloadTooLarge', 413)
  const token = header(':path')!.slice('/3/device/'.length)
  if (token === '') return refuse('MissingDeviceToken')
  return /^[0-9a-f]{64,}$/i.test(token) ? null : refuse('BadDeviceToken')
}
