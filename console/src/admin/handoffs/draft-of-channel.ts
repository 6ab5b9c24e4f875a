import type { Channel, HandoffChannel, HandoffDraft, Sender, Template } from '../shapes.ts'

export const defaultOptOutLine = 'To stop receiving messages, reply STOP. For help, reply HELP.'

/** What a new handoff is before anything was chosen (the server's own defaults). */
export const blankHandoff: HandoffDraft = {
  title: '',
  enabled: true,
  lookbackMinutes: 43_200,
  channels: [],
  skills: null,
  routeAllWithinLookback: false,
  openConversation: 'refuse',
  inviteTtlSeconds: 600,
}

/** A channel as it comes into a handoff: with the brand's first working sender of it. */
export function newChannel(
  channel: Channel,
  senders: readonly Sender[],
  templates: readonly Template[],
): HandoffChannel {
  const own = senders.filter((sender) => sender.channel === channel && sender.enabled)
  switch (channel) {
    case 'sms':
      return {
        channel,
        sender: own[0]?.senderId ?? '',
        text: 'Thank you for calling. Reply to this message to go on by text.',
        optOutLine: defaultOptOutLine,
        senderByIvrNumber: {},
      }
    case 'wa':
      return {
        channel,
        sender: own[0]?.senderId ?? '',
        template: templates.find(({ status }) => status === 'approved')?.templateId ?? '',
      }
    case 'inapp':
      return {
        channel,
        senders: own[0] === undefined ? [] : [own[0].address],
        title: 'Go on in the app',
        text: 'Thank you for calling. Reply to this message to go on here.',
      }
  }
}

/** What still has to be chosen before the server can judge it; empty: nothing. */
export function missingIn({ title, channels }: HandoffDraft): readonly string[] {
  return [
    ...(title.trim() === '' ? ['Give the handoff a title.'] : []),
    ...(channels.length === 0 ? ['Choose at least one channel.'] : []),
    ...channels.flatMap((channel) => {
      if (channel.channel === 'inapp') return channel.senders?.length ? [] : ['Choose the app for in-app.']
      const label = channel.channel === 'sms' ? 'SMS' : 'WhatsApp'
      return [
        ...(channel.sender ? [] : [`Choose the sender for ${label}.`]),
        ...(channel.channel === 'wa' && templatesOf(channel).includes('') ? ['Choose the template for WhatsApp.'] : []),
      ]
    }),
  ]
}

const templatesOf = ({ variants = [], template }: HandoffChannel) =>
  (variants.length === 0 ? [{ template }] : variants).map((one) => one.template ?? '')
