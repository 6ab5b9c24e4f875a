import { runSimulator } from '../messaging/run-simulator.ts'
import { controls, readings } from './spawn-twilio-simulator.ts'
import { startTwilioSimulator } from './start-twilio-simulator.ts'

await runSimulator(startTwilioSimulator, { controls, readings }, { accounts: [] })
