/**
 * Goes on with `value` at once when it is there, and later when it is promised. The hot path finds configuration and
 * credentials in the process; a chain of promises that are kept already cost it a tenth of its time (measured).
 */
export function atOnce<T, U>(value: T | Promise<T>, next: (value: T) => U | Promise<U>): U | Promise<U> {
  return value instanceof Promise ? value.then(next) : next(value)
}
