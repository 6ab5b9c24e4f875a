import { runSimulator } from '../messaging/run-simulator.ts'
import { controls, readings } from './spawn-meta-simulator.ts'
import { startMetaSimulator } from './start-meta-simulator.ts'

await runSimulator(startMetaSimulator, { controls, readings }, { businesses: [] })
