export { apnsKeyId, apnsTeamId } from './provider-tokens.ts'
export {
  type ApnsFault,
  type ApnsPersona,
  type ApnsPush,
  type ApnsSimulator,
  startApnsSimulator,
} from './start-apns-simulator.ts'
