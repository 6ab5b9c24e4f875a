export type { Browser } from './browser.ts'
export {
  startWebpushSimulator,
  type WebPush,
  type WebpushFault,
  type WebpushPersona,
  type WebpushSimulator,
} from './start-webpush-simulator.ts'
