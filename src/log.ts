import { type Logger, pino } from 'pino'

/**
 * The server's log: one JSON object a line on standard output. What could hold a person's data or a secret is cut out
 * by name here, as a second net: the first is that no such thing is logged (a canary test reads the whole suite's output).
 */
export function log(level: string, destination?: { write(line: string): void }): Logger {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: [
        ...[
          'authorization',
          'cookie',
          'password',
          'secret',
          'token',
          'body',
          'phone',
          'consumerPhoneNumber',
          'text',
          'email',
        ].flatMap((name) => [name, `*.${name}`]),
        'req.headers',
        'res.headers',
      ],
      censor: '[cut]',
    },
    serializers: {
      err: (error: unknown) => (error instanceof Error ? describeError(error) : { message: 'not an error object' }),
    },
  }
  return pino(options, destination ?? buffered())
}

/**
 * Standard output, written in pieces of 4 kB or ten times a second: a write for each line cost the hot path 5 % of its
 * time (measured). A crash that can still speak flushes first (`flushLog`); kill -9 loses the last tenth of a second.
 */
function buffered(): ReturnType<typeof pino.destination> {
  const stream = pino.destination({ dest: 1, sync: false, minLength: 4_096 })
  // A closed pipe must not end the server (reliability PR-12).
  stream.on('error', () => {})
  setInterval(() => stream.flush(() => {}), 100).unref()
  process.on('exit', () => {
    try {
      stream.flushSync()
    } catch {
      // Nobody reads any more.
    }
  })
  return stream
}

/**
 * An error without the values it may carry: PostgreSQL puts the offending row into `detail`, and an invalid input's
 * text into `message`, so of a database error only the code and the names of things are kept.
 */
function describeError(error: Error): Record<string, unknown> {
  const { code, severity, table_name, constraint_name, routine } = error as Error & Record<string, unknown>
  const database = typeof severity === 'string'
  return {
    name: error.name,
    message: database ? 'database error' : error.message,
    code,
    ...(database ? { table: table_name, constraint: constraint_name, routine } : {}),
    stack: error.stack
      ?.split('\n')
      .slice(1, 12)
      .map((line) => line.trim()),
  }
}

export type { Logger }
