import type { ConnectorLimits } from '../connector.ts'

const megabyte = 1024 * 1024

/** Meta's own list of what may be sent, and how large (Cloud API, "Supported media types"). Audio takes no caption and is left out. */
const kinds: Readonly<Record<string, { readonly kind: 'image' | 'video' | 'document'; readonly bytes: number }>> = {
  'image/jpeg': { kind: 'image', bytes: 5 * megabyte },
  'image/png': { kind: 'image', bytes: 5 * megabyte },
  'video/mp4': { kind: 'video', bytes: 16 * megabyte },
  'video/3gpp': { kind: 'video', bytes: 16 * megabyte },
  'text/plain': { kind: 'document', bytes: 100 * megabyte },
  'application/pdf': { kind: 'document', bytes: 100 * megabyte },
  'application/msword': { kind: 'document', bytes: 100 * megabyte },
  'application/vnd.ms-excel': { kind: 'document', bytes: 100 * megabyte },
  'application/vnd.ms-powerpoint': { kind: 'document', bytes: 100 * megabyte },
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': {
    kind: 'document',
    bytes: 100 * megabyte,
  },
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': { kind: 'document', bytes: 100 * megabyte },
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': {
    kind: 'document',
    bytes: 100 * megabyte,
  },
}

/** Characters of text beside a file. */
export const captionLimit = 1024

export const limits: ConnectorLimits = {
  text: 4096,
  windowHours: 24,
  templateToBegin: true,
  media: Object.fromEntries(Object.entries(kinds).map(([contentType, { bytes }]) => [contentType, bytes])),
}

/** As what a file of this content type is sent; undefined when WhatsApp takes none such. */
export function mediaKind(contentType: string): 'image' | 'video' | 'document' | undefined {
  const plain = contentType.split(';')[0]!.trim().toLowerCase()
  return Object.hasOwn(kinds, plain) ? kinds[plain]!.kind : undefined
}
