export type { ConsumerContent, ConsumerExtras, ConsumerSent } from './consumer-sends.ts'
export type { ApiFault, FaultMatch, FaultRule, StatusFault, WebhookFault } from './faults.ts'
export type { JournalEntry, MetaSimulatorOptions, SimulatedBusiness } from './options.ts'
export type { Persona, PersonaName } from './personas.ts'
export {
  newTemplate,
  simulatedBusiness,
  simulatedTemplate,
  simulatedWaSender,
  waConsumer,
  waOutgoing,
  waWayOut,
} from './simulated-sender.ts'
export { type SpawnedMetaSimulator, spawnMetaSimulator } from './spawn-meta-simulator.ts'
export { type MetaSimulator, startMetaSimulator } from './start-meta-simulator.ts'
export { metaJson, metaSignature, type WebhookRecord } from './webhooks.ts'
