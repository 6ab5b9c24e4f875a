import type { ConnectorLimits } from '../connector.ts'

const megabyte = 1024 * 1024
const office = 'application/vnd.openxmlformats-officedocument'

/** Source: Twilio's pages "Guidance on WhatsApp media messages" and "Accepted content types". Audio takes no caption and is left out. */
export const limits: ConnectorLimits = {
  text: 1600,
  windowHours: 24,
  templateToBegin: true,
  media: {
    'image/jpeg': 5 * megabyte,
    'image/png': 5 * megabyte,
    'video/mp4': 16 * megabyte,
    'application/pdf': 16 * megabyte,
    'application/msword': 16 * megabyte,
    [`${office}.wordprocessingml.document`]: 16 * megabyte,
    [`${office}.presentationml.presentation`]: 16 * megabyte,
    [`${office}.spreadsheetml.sheet`]: 16 * megabyte,
  },
}
