export type { ConsumerExtras, ConsumerSent } from './consumer-sends.ts'
export type { ContentStatus, SimulatedContent } from './content-book.ts'
export type { ApiFault, FaultMatch, FaultRule, StatusFault, WebhookFault } from './faults.ts'
export type { JournalEntry, SimulatedAccount, SimulatedService, TwilioSimulatorOptions } from './options.ts'
export type { Persona, PersonaName } from './personas.ts'
export {
  consumerPhone,
  outgoing,
  simulatedAccount,
  simulatedSender,
  simulatedWayOut,
  simulatedWhatsappSender,
} from './simulated-sender.ts'
export { type SpawnedTwilioSimulator, spawnTwilioSimulator } from './spawn-twilio-simulator.ts'
export { startTwilioSimulator, type TwilioSimulator } from './start-twilio-simulator.ts'
export { twilioSignature, type WebhookRecord } from './webhooks.ts'
