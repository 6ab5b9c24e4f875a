/** The two ends of a message in Twilio's own spelling: E.164 or a short code for SMS, `whatsapp:` in front for WhatsApp. */
export interface Ends {
  readonly to: string
  /** Null when a Messaging Service chooses among its senders. */
  readonly from: string | null
}
