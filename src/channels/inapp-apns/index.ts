import { appFiles } from '../app-files.ts'
import type { Connector } from '../connector.ts'
import { check } from './check.ts'
import { send } from './send.ts'
import { checkSender, settings } from './settings.ts'

/** Push over the Apple Push Notification service. How to set it up: SETUP.md beside this file. */
export const inappApns: Connector = {
  name: 'inapp-apns',
  channel: 'inapp',
  settings,
  limits: { text: 1000, templateToBegin: false, windowHours: null, media: appFiles },
  checkSender,
  check,
  send,
}
