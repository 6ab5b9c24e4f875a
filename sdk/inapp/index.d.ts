/** A message of the chat. */
export interface Message {
  /** Null while it is on its way out. */
  readonly messageId: string | null
  readonly number: string | null
  readonly from: 'brand' | 'consumer'
  /** `invite`: answering it opens the conversation. `reply`: an agent wrote. `auto`: an automatic answer. `text`: the consumer's own. */
  readonly kind: 'invite' | 'reply' | 'auto' | 'text'
  readonly title: string | null
  readonly text: string
  /** Pictures and documents that an agent sent; the text is then their caption, which may be empty. */
  readonly media: readonly { readonly url: string; readonly contentType: string; readonly fileName: string | null }[]
  /** Of the brand's messages. */
  readonly status: 'sent' | 'delivered' | 'read' | null
  readonly clientId: string | null
  /** Of the consumer's own: false when no conversation takes it, so that nobody will read it. */
  readonly inConversation: boolean
  /** Only while it has not arrived. */
  readonly state?: 'sending' | 'failed'
  readonly at: string
}

export type PushAddress =
  | { platform: 'webpush'; subscription: PushSubscriptionJSON }
  | { platform: 'fcm' | 'apns' | 'proxy' | 'simulator'; token: string }

export interface InAppOptions {
  /** Origin of the Connect to Messaging server; default: this page's own. */
  server?: string
  account: string
  /** Id or address of the in-app sender. */
  app: string
  /** Fetches a consumer token from your own backend, which knows who is signed in. */
  getConsumerToken(): Promise<string>
  /** Where your site serves `service-worker.js`; default `/service-worker.js`. */
  serviceWorker?: string
  scope?: string
  /** The page that a tapped notification opens; default: the page that registered. */
  chatUrl?: string
}

export interface Events {
  /** The list of messages is another. */
  change: readonly Message[]
  /** An invite has come, or waited already when the chat was opened. */
  invite: Message
  /** An agent or the machine wrote. */
  message: Message
  /** An agent is typing, for so many seconds unless something comes before. */
  typing: number
  state: State
}
export type State = 'closed' | 'connecting' | 'live' | 'signed-out'

export interface InApp {
  /** Whether this browser is registered from an earlier visit; `open()` then suffices. */
  restore(): Promise<boolean>
  /**
   * Asks for Web Push (call it from a tap) and registers; false when the person or browser refuses. What this browser was
   * registered as before is signed out.
   * @throws DOMException when the browser cannot reach its push service.
   */
  register(how?: { push?: PushAddress }): Promise<boolean>
  /** Loads the chat and listens, coming back after every break, until `close()`. */
  open(): Promise<void>
  close(): Promise<void>
  /** Loads older messages; resolves to whether there are more. */
  loadEarlier(): Promise<boolean>
  /** Shown at once; rejects when it could not be sent, and stays in the list as `failed`. */
  send(text: string): Promise<Message>
  sendAgain(clientId: string): Promise<Message | null>
  /** Tell every key; it is passed on every few seconds. */
  typing(): void
  /** The consumer sees the chat. */
  markRead(): Promise<void>
  /** Signs out. `all`: no pushes any more; `agent-only`: invites still come; `none`: pushes go on. */
  unregister(mode?: 'all' | 'agent-only' | 'none'): Promise<void>
  /** @returns the function that ends it. */
  on<E extends keyof Events>(event: E, listener: (detail: Events[E]) => void): () => void
  readonly messages: readonly Message[]
  /** The invite that waits for an answer. */
  readonly invite: Message | null
  readonly state: State
  /** How this browser is pushed to; null: not registered. */
  readonly platform: PushAddress['platform'] | null
}

export function inApp(options: InAppOptions): InApp

/** The server said no. */
export class Refused extends Error {
  readonly status: number
  readonly code: string | null
  readonly retryAfterMs: number | null
}
