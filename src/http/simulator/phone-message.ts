import { Type } from 'typebox'
import { channels } from '../../domain/channel.ts'
import type { SimulatorMessage } from '../../store/simulator-messages.ts'

/** A message as a pretend phone shows it. */
export const phoneMessage = Type.Object({
  id: Type.String(),
  direction: Type.Enum(['to-phone', 'from-phone']),
  channel: Type.Enum(channels, { description: '`sms`, `wa` or `inapp`.' }),
  from: Type.String(),
  to: Type.String(),
  title: Type.Optional(Type.String({ description: 'In-app: the push’s title.' })),
  text: Type.String({ description: 'Empty where there is a file.' }),
  file: Type.Optional(
    Type.Object(
      { name: Type.String(), contentType: Type.String() },
      { description: 'Sent from the phone; its bytes are under `/simulator/phones/{number}/files/{id}`.' },
    ),
  ),
  at: Type.String({ format: 'date-time' }),
  status: Type.Enum(['accepted', 'sent', 'delivered', 'received', 'failed'], {
    description: 'To the phone: accepted, sent, delivered. From it: accepted, received by the server, or failed.',
  }),
})

export function presentPhoneMessage(message: SimulatorMessage) {
  const toPhone = message.direction === 'to-phone'
  const { title, file } = message
  return {
    id: message.id,
    direction: message.direction,
    channel: message.channel,
    from: toPhone ? message.senderAddress : message.number,
    to: toPhone ? message.number : message.senderAddress,
    ...(title === null ? {} : { title }),
    text: message.text,
    ...(file === null ? {} : { file: { name: file.fileName, contentType: file.contentType } }),
    at: message.at.toISOString(),
    status: message.status,
  }
}
