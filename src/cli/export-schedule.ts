import { body, type Command, one, whole } from './command.ts'
import { exportOptions, wantedOf } from './export.ts'
import { accountOption, commonCommands, type Noun, pathOf, pathOfOne, type Row, shown } from './nouns.ts'
import { secretValue } from './secret-value.ts'

const noun: Noun = {
  word: 'export-schedule',
  path: '/export-schedules',
  list: 'schedules',
  id: 'scheduleId',
  names: ['title'],
  columns: [
    ['TITLE', 'title'],
    ['ID', 'scheduleId'],
    ['ENABLED', 'enabled'],
    ['WHAT', ({ kind, format }) => `${kind} ${format}`],
    ['EVERY', ({ every, hour, timeZone }) => `${every} at ${hour}:00 ${timeZone}`],
    ['NEXT', 'nextRunAt'],
    ['LAST', ({ last }) => (last as Row | null)?.state],
    ['FAILURE', ({ last }) => (last as Row | null)?.failure],
  ],
}

export const exportScheduleCommands: readonly Command[] = [
  {
    name: 'export-schedule add',
    about: 'Export again and again: a file each day, week or month, put into a folder or a bucket.',
    words: ['TITLE'],
    options: {
      ...accountOption,
      ...exportOptions,
      every: { value: 'SPAN', about: 'day, week or month; day unless said.' },
      hour: { value: 'HOUR', about: 'Of the time zone, 0 to 23; 3 unless said.' },
      weekday: { value: 'DAY', about: 'Of a weekly one: mon, tue, …' },
      'month-day': { value: 'DAY', about: 'Of a monthly one: 1 to 28.' },
      folder: {
        value: 'NAME',
        field: 'destination.folder',
        about: 'A folder below EXPORT_FOLDER and the account’s own.',
      },
      bucket: {
        value: 'NAME',
        field: 'destination.bucket',
        about: 'A bucket of an S3-compatible store, with the next four.',
      },
      endpoint: { value: 'URL', field: 'destination.endpoint', about: 'https://s3.eu-west-1.amazonaws.com' },
      region: { value: 'REGION', field: 'destination.region', about: 'us-east-1 unless said.' },
      prefix: { value: 'PREFIX', field: 'destination.prefix', about: 'Before the file’s name: exports/daily.' },
      'access-key': { value: 'ID', field: 'destination.accessKeyId', about: 'Id of the access key.' },
      'secret-key': {
        value: 'SECRET',
        field: 'secretAccessKey',
        about: 'Its secret: env:NAME, or - for a line of standard input.',
      },
    },
    async run({ words, given, api, env }) {
      const secret = one(given, 'secret-key')
      const schedule = {
        title: words[0],
        ...wantedOf(given),
        ...body({
          every: one(given, 'every'),
          hour: whole(given, 'hour'),
          weekday: one(given, 'weekday'),
          monthDay: whole(given, 'month-day'),
          secretAccessKey: secret === undefined ? undefined : await secretValue(secret, env),
        }),
        destination:
          given.bucket === undefined
            ? { to: 'folder', folder: one(given, 'folder') ?? '' }
            : {
                ...{ to: 'bucket', bucket: one(given, 'bucket'), endpoint: one(given, 'endpoint') ?? '' },
                ...{ region: one(given, 'region') ?? 'us-east-1', prefix: one(given, 'prefix') ?? '' },
                ...{ accessKeyId: one(given, 'access-key') ?? '', addressing: 'path' },
              },
      }
      return shown(await (await api()).post<Row>(pathOf(given, '/export-schedules'), schedule))
    },
  },
  {
    name: 'export-schedule run',
    about: 'Make the file of the last period now; one that is there is replaced.',
    words: ['EXPORT-SCHEDULE'],
    options: accountOption,
    async run({ words, given, api }) {
      const server = await api()
      return shown(await server.post<Row>(`${await pathOfOne(server, given, noun, words[0]!)}/run`))
    },
  },
  {
    name: 'export-schedule delete',
    about: 'Delete a schedule; the files it has made stay.',
    words: ['EXPORT-SCHEDULE'],
    options: accountOption,
    async run({ words, given, api }) {
      const server = await api()
      await server.delete(await pathOfOne(server, given, noun, words[0]!))
      return { json: { deleted: true }, text: 'Deleted.' }
    },
  },
  ...commonCommands(noun),
]
