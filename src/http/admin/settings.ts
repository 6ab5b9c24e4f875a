import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { saveSettings } from '../../actions/save-settings.ts'
import type { Deps } from '../../deps.ts'
import { defaultSettings } from '../../domain/account.ts'
import { settingsDraftOf } from '../../domain/settings-draft.ts'
import { configOf } from './config-of.ts'
import { permit } from './permit.ts'
import { ofAccount, settingsAnswer, settingsChange } from './schemas.ts'

export function settings(app: FastifyInstance, { deps }: { deps: Deps }): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()

  routes.get(
    '/settings',
    { schema: { tags: ['admin'], summary: 'Show the settings', params: ofAccount, response: { 200: settingsAnswer } } },
    async (request) => {
      const config = await configOf(deps, permit(request, 'settings.read'))
      return {
        saved: config.settings !== null,
        ...writable(settingsDraftOf(config.settings ?? defaultSettings, config)),
      }
    },
  )

  routes.patch(
    '/settings',
    {
      schema: {
        tags: ['admin'],
        summary: 'Change the settings',
        description: 'What is given changes. The first time, the rest gets the defaults.',
        params: ofAccount,
        body: settingsChange,
        response: { 200: settingsAnswer },
      },
    },
    async (request) => {
      const { caller, accountId } = permit(request, 'settings.create')
      return { saved: true, ...writable(await saveSettings(deps, caller, accountId, request.body)) }
    },
  )
}

const writable = <T extends { channels: readonly string[] }>(draft: T) => ({
  ...draft,
  channels: [...draft.channels] as T['channels'][number][],
})
