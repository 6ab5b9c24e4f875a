import type { Channel } from '../../domain/channel.ts'
import { appFiles } from '../app-files.ts'
import type { Connector } from '../connector.ts'
import { fetchMedia } from './fetch-media.ts'
import { parse, verify } from './receive.ts'
import { check, find, send } from './send.ts'
import { checkSender, settings } from './settings.ts'

/** Characters each real channel takes, so that a text that fits here fits there. */
const longestText: Readonly<Record<Channel, number>> = { sms: 1600, wa: 1024, inapp: 1000 }

/**
 * The sandbox's connectors: over HTTP like any other, to a provider that this very server plays (`http/simulator`). What
 * works here works with a real provider, except for the provider.
 */
export const simulators: readonly Connector[] = (['sms', 'wa', 'inapp'] as const).map((channel) => ({
  name: `${channel}-simulator`,
  channel,
  settings,
  limits: {
    text: longestText[channel],
    templateToBegin: channel === 'wa',
    windowHours: channel === 'wa' ? 24 : null,
    media: channel === 'inapp' ? appFiles : {},
  },
  checkSender: (sender) => checkSender(channel, sender),
  check,
  send,
  find,
  fetchMedia,
  hooks: { verify, parse },
}))
