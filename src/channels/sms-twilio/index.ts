import type { Connector } from '../connector.ts'
import { fetchMedia } from '../twilio/fetch-media.ts'
import { answerHook } from '../twilio/parse-hook.ts'
import { readPrice } from '../twilio/read-price.ts'
import { verify } from '../twilio/verify.ts'
import { check } from './check.ts'
import { find } from './find.ts'
import { lookUp } from './look-up.ts'
import { parse } from './receive.ts'
import { send } from './send.ts'
import { checkSender, settings } from './settings.ts'

/** SMS over Twilio's Programmable Messaging. How to set it up: SETUP.md beside this file. */
export const smsTwilio: Connector = {
  name: 'sms-twilio',
  channel: 'sms',
  settings,
  limits: { text: 1600, templateToBegin: false, windowHours: null, media: {} },
  checkSender,
  check,
  send,
  find,
  readPrice,
  lookUp,
  fetchMedia,
  hooks: { verify, parse, answer: answerHook },
}
