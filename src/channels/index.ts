import type { Connector } from './connector.ts'
import { simulators } from './simulator/index.ts'
import { smsTwilio } from './sms-twilio/index.ts'

/** Every provider this server can speak to. Adding one is its folder and its name here. */
export const connectors: readonly Connector[] = [smsTwilio, ...simulators]
