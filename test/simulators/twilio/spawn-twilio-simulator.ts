import { sharedControls, sharedReadings } from '../messaging/control-routes.ts'
import { type SpawnedSimulator, spawnSimulator } from '../messaging/spawn-simulator.ts'
import type { TwilioSimulatorOptions } from './options.ts'
import type { TwilioSimulator } from './start-twilio-simulator.ts'

/** What another process may ask of the simulator; each is the method of the same name. */
export const controls = [...sharedControls, 'inboundUrl', 'decideContent', 'consumerSends'] as const
export const readings = [...sharedReadings, 'contents'] as const

export type SpawnedTwilioSimulator = SpawnedSimulator<
  Pick<TwilioSimulator, (typeof controls)[number]>,
  Pick<TwilioSimulator, (typeof readings)[number]>
>

/** Starts the simulator as a process of its own. */
export const spawnTwilioSimulator = (
  options: Omit<TwilioSimulatorOptions, 'onAccept'>,
): Promise<SpawnedTwilioSimulator> => spawnSimulator(new URL('main.ts', import.meta.url), options)
