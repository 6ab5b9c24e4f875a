/** The messages of one chat, each once, in their order; those on their way out come last. */
export class Inbox {
  #messages = new Map()
  #outgoing = new Map()

  /** @returns the message as it was before, when it was known. */
  put(message) {
    const before = this.#messages.get(message.messageId)
    this.#messages.set(message.messageId, message)
    if (message.clientId !== null) this.#outgoing.delete(message.clientId)
    return before
  }

  begin(clientId, text) {
    const at = new Date().toISOString()
    const message = { messageId: null, number: null, from: 'consumer', kind: 'text', title: null, text, clientId, at }
    this.#outgoing.set(clientId, { ...message, media: [], status: null, inConversation: true, state: 'sending' })
  }

  fail(clientId) {
    const message = this.#outgoing.get(clientId)
    if (message !== undefined) this.#outgoing.set(clientId, { ...message, state: 'failed' })
  }

  outgoing(clientId) {
    return this.#outgoing.get(clientId)
  }

  get messages() {
    const arrived = [...this.#messages.values()].sort((a, b) => Number(a.number) - Number(b.number))
    return [...arrived, ...this.#outgoing.values()]
  }

  /** The newest invite while the consumer has not written since; null: none waits for an answer. */
  get invite() {
    const last = this.messages.findLast(({ kind, from }) => kind === 'invite' || from === 'consumer')
    return last?.kind === 'invite' ? last : null
  }

  /** Ids of the brand's messages that are not yet `delivered`, or not yet `read`. */
  owed(status) {
    const done = status === 'read' ? ['read'] : ['delivered', 'read']
    return this.messages.flatMap((one) => (one.from === 'brand' && !done.includes(one.status) ? [one.messageId] : []))
  }
}
