import type { Connector } from '../connector.ts'
import { fetchMedia } from '../twilio/fetch-media.ts'
import { answerHook } from '../twilio/parse-hook.ts'
import { readPrice } from '../twilio/read-price.ts'
import { verify } from '../twilio/verify.ts'
import { check } from './check.ts'
import { find } from './find.ts'
import { limits } from './limits.ts'
import { markRead } from './mark-read.ts'
import { parse } from './receive.ts'
import { send } from './send.ts'
import { checkSender, settings } from './settings.ts'
import { templates } from './templates.ts'

/** WhatsApp over Twilio. How to set it up: SETUP.md beside this file. */
export const waTwilio: Connector = {
  name: 'wa-twilio',
  channel: 'wa',
  settings,
  limits,
  checkSender,
  check,
  send,
  find,
  readPrice,
  markRead,
  fetchMedia,
  templates,
  hooks: { verify, parse, answer: answerHook },
}
