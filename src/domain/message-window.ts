/**
 * The end of the time in which free text may be sent: so many hours after the consumer's last message (WhatsApp: 24).
 * @param windowHours of the connector; null: there is no such limit.
 * @returns null when there is no limit. A consumer who never wrote has no window: it ended long ago.
 */
export function windowEnd(lastInboundAt: Date | null, windowHours: number | null): Date | null {
  if (windowHours === null) return null
  return lastInboundAt === null ? new Date(0) : new Date(lastInboundAt.getTime() + windowHours * 3_600_000)
}

/** What a conversation's channel says of free text and templates at `now`. */
export function windowFacts(
  limits: { readonly windowHours: number | null; readonly templateToBegin: boolean } | undefined,
  lastInboundAt: Date | null,
  now: Date,
): { readonly windowEndsAt: Date | null; readonly windowClosed: boolean; readonly takesTemplates: boolean } {
  const windowEndsAt = windowEnd(lastInboundAt, limits?.windowHours ?? null)
  return {
    windowEndsAt,
    windowClosed: windowClosed(windowEndsAt, now),
    takesTemplates: limits?.templateToBegin ?? false,
  }
}

/** Whether free text is refused at `now`. The last moment still belongs to the window. */
export function windowClosed(end: Date | null, now: Date): boolean {
  return end !== null && now > end
}
