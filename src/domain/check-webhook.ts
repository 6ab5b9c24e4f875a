import { checkName } from './check-name.ts'
import { type WebhookEventType, webhookEventNames } from './webhook.ts'

/** What a person says of an endpoint; its address is judged where addresses are. */
export interface WebhookDraft {
  readonly title: string
  readonly events: readonly string[] | null
}

/** What is wrong with an endpoint, a sentence each; empty: nothing. */
export function webhookFaults(draft: WebhookDraft): readonly string[] {
  const title = checkName('The title', draft.title)
  const { events } = draft
  const unknown = (events ?? []).filter((name) => !webhookEventNames.includes(name as WebhookEventType))
  return [
    ...(title === null ? [] : [title]),
    ...(events !== null && events.length === 0 ? ['Choose at least one event.'] : []),
    ...unknown.map((name) => `There is no event “${name.slice(0, 40)}”.`),
  ]
}
