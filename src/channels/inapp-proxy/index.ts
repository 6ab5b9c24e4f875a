import { appFiles } from '../app-files.ts'
import type { Connector } from '../connector.ts'
import { send } from './send.ts'
import { checkSender, settings } from './settings.ts'

/** Push through the brand's own endpoint. How to set it up: SETUP.md beside this file. */
export const inappProxy: Connector = {
  name: 'inapp-proxy',
  channel: 'inapp',
  settings,
  limits: { text: 1000, templateToBegin: false, windowHours: null, media: appFiles },
  checkSender,
  send,
}
