import type { Connector } from './connector.ts'
import { inappApns } from './inapp-apns/index.ts'
import { inappFcm } from './inapp-fcm/index.ts'
import { inappProxy } from './inapp-proxy/index.ts'
import { inappWebpush } from './inapp-webpush/index.ts'
import { simulators } from './simulator/index.ts'
import { smsTwilio } from './sms-twilio/index.ts'
import { waCloud } from './wa-cloud/index.ts'
import { waTwilio } from './wa-twilio/index.ts'

/** Every provider this server can speak to. Adding one is its folder and its name here. */
export const connectors: readonly Connector[] = [
  smsTwilio,
  waCloud,
  waTwilio,
  inappFcm,
  inappApns,
  inappWebpush,
  inappProxy,
  ...simulators,
]
