import { Type } from 'typebox'
import type { DeviceCaller } from '../../domain/caller.ts'
import type { InboxMessage } from '../../store/inapp-inbox.ts'

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])

export const deviceMessage = Type.Object({
  messageId: Type.String(),
  number: Type.String({ description: 'Orders the messages.' }),
  from: Type.Enum(['brand', 'consumer']),
  kind: Type.Enum(['invite', 'reply', 'auto', 'text'], {
    description: '`invite`: answering it opens the conversation. `reply`: an agent wrote. `auto`: an automatic answer.',
  }),
  title: orNull(Type.String()),
  text: Type.String({ description: 'With a file: its caption, which may be empty.' }),
  media: Type.Array(Type.Object({ url: Type.String(), contentType: Type.String(), fileName: orNull(Type.String()) }), {
    description: 'Pictures and documents that an agent sent, each at a public address.',
  }),
  status: orNull(
    Type.Enum(['sent', 'delivered', 'read'], {
      description: 'Of the brand’s messages; null for the consumer’s own, which have arrived.',
    }),
  ),
  clientId: orNull(Type.String({ description: 'The id that this device gave it; null for all others.' })),
  inConversation: Type.Boolean({ description: 'A consumer’s message without conversation is read by nobody.' }),
  at: Type.String({ format: 'date-time' }),
})

/** The id under which the consumer's own message is stored: what one device sends twice is one message. */
export const providerIdOf = (caller: DeviceCaller, clientId: string): string => `${caller.deviceId}/${clientId}`

export function presentMessage(message: InboxMessage, caller: DeviceCaller) {
  const mine = `${caller.deviceId}/`
  const { messageId, number, kind, title, text, status, providerId, inConversation, at } = message
  // How the push went is the brand's matter: what the app shows has come.
  const told = status === null || status === 'delivered' || status === 'read' ? status : ('sent' as const)
  return {
    ...{ messageId, number, kind, title, text, inConversation },
    // A consumer's own files are a provider's, and no provider stands behind an app.
    media:
      message.direction === 'in' ? [] : message.media.map(({ fileName = null, ...file }) => ({ ...file, fileName })),
    status: told,
    from: message.direction === 'out' ? ('brand' as const) : ('consumer' as const),
    clientId: providerId?.startsWith(mine) === true ? providerId.slice(mine.length) : null,
    at: at.toISOString(),
  }
}
