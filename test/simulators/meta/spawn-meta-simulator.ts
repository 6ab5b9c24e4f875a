import { sharedControls, sharedReadings } from '../messaging/control-routes.ts'
import { type SpawnedSimulator, spawnSimulator } from '../messaging/spawn-simulator.ts'
import type { MetaSimulatorOptions } from './options.ts'
import type { MetaSimulator } from './start-meta-simulator.ts'

/** What another process may ask of the simulator; each is the method of the same name. */
export const controls = [
  ...sharedControls,
  'callbackUrl',
  'subscribe',
  'consumerSends',
  'consumerPrefers',
  'decide',
  'drainTogether',
] as const
export const readings = sharedReadings

export type SpawnedMetaSimulator = SpawnedSimulator<
  Pick<MetaSimulator, (typeof controls)[number]>,
  Pick<MetaSimulator, (typeof readings)[number]>
>

/** Starts the simulator as a process of its own. */
export const spawnMetaSimulator = (options: Omit<MetaSimulatorOptions, 'onAccept'>): Promise<SpawnedMetaSimulator> =>
  spawnSimulator(new URL('main.ts', import.meta.url), options)
