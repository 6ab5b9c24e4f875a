export type { FcmPersona, FcmPush } from './send-push.ts'
export { type FcmFault, type FcmSimulator, fcmProjectId, startFcmSimulator } from './start-fcm-simulator.ts'
