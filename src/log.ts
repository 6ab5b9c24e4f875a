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
  return destination === undefined ? pino(options) : pino(options, destination)
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
