const titles: Readonly<Record<string, string>> = {
  'sms-twilio': 'Twilio SMS',
  'wa-twilio': 'WhatsApp by Twilio',
  'wa-cloud': 'WhatsApp by Meta (Cloud API)',
  'inapp-fcm': 'Android app (Firebase)',
  'inapp-apns': 'iOS app (Apple push)',
  'inapp-webpush': 'Web app (Web Push)',
  'inapp-proxy': 'App by your own push server',
  'sms-simulator': 'Simulated SMS',
  'wa-simulator': 'Simulated WhatsApp',
  'inapp-simulator': 'Simulated app',
}

/** What a person calls a connector. */
export const connectorTitle = (connector: string): string => titles[connector] ?? connector
