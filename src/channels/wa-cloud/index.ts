import type { Connector } from '../connector.ts'
import { check } from './check.ts'
import { fetchMedia } from './fetch-media.ts'
import { limits } from './limits.ts'
import { markRead } from './mark-read.ts'
import { parse } from './receive.ts'
import { send } from './send.ts'
import { checkSender, settings } from './settings.ts'
import { templates } from './templates.ts'
import { answer, verify } from './verify.ts'

/**
 * WhatsApp over Meta's Cloud API. How to set it up: SETUP.md beside this file. Meta cannot be asked about a message, so there is no
 * `find`: what became of a send whose answer was lost, only its webhook can tell.
 */
export const waCloud: Connector = {
  name: 'wa-cloud',
  channel: 'wa',
  settings,
  limits,
  checkSender,
  check,
  send,
  tellsBilling: true,
  markRead,
  fetchMedia,
  templates,
  hooks: { verify, parse, answer },
}
