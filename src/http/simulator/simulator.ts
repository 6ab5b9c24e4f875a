import type { FastifyInstance } from 'fastify'
import type { Deps } from '../../deps.ts'
import { brandApp } from './app/brand-app.ts'
import { phoneFiles } from './phone-files.ts'
import { phones } from './phones.ts'
import { pretendCalls } from './pretend-calls.ts'
import { provider } from './provider.ts'

/**
 * The sandbox's pretend network: a provider, its phones, and whoever calls. Most of it asks nobody to sign in, so it
 * exists in the sandbox only.
 */
export async function simulator(app: FastifyInstance, { deps }: { deps: Deps }): Promise<void> {
  if (!deps.config.sandbox) return
  await app.register(provider, { deps })
  await app.register(phones, { deps })
  await app.register(phoneFiles, { deps })
  await app.register(pretendCalls, { deps })
  await app.register(brandApp, { deps })
}
