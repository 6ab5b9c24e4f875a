import type { Connector } from '../connector.ts'
import { find } from './find.ts'
import { lookUp } from './look-up.ts'
import { answer, parse } from './receive.ts'
import { send } from './send.ts'
import { checkSender, settings } from './settings.ts'
import { verify } from './verify.ts'

/** SMS over Twilio's Programmable Messaging. How to set it up: SETUP.md beside this file. */
export const smsTwilio: Connector = {
  name: 'sms-twilio',
  channel: 'sms',
  settings,
  limits: { text: 1600, templateToBegin: false, windowHours: null, media: {} },
  checkSender,
  send,
  find,
  lookUp,
  hooks: { verify, parse, answer },
}
