export { type S3Fault, type S3Simulator, startS3Simulator } from './start-s3-simulator.ts'
