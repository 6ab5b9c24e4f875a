/** Why something cannot be done, as the agent reads it beside where it would be done. Codes: docs/errors.md. */
export function refusalWords(code: string): string {
  switch (code) {
    case 'not-yours':
      return 'Take this conversation to answer it.'
    case 'conversation-closed':
      return 'This conversation is closed. What the consumer writes next begins another one.'
    case 'consumer-opted-out':
      return 'The consumer has opted out: nothing can be sent to them here.'
    case 'window-closed':
      return 'More than 24 hours have passed since the consumer’s last message. WhatsApp now lets only an approved template through.'
    case 'cannot-send':
      return 'The number or app of this conversation cannot send just now. An administrator finds the reason under Senders.'
    case 'already-taken':
      return 'A colleague has taken this conversation.'
    case 'forbidden':
      return 'Your role does not include this.'
    default:
      return 'This is not possible just now.'
  }
}
