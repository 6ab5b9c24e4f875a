/**
 * What a child process takes from this one, and nothing else, so that a setting of whoever runs the tests cannot leak in:
 * where programs are, and what other processes of the run have compiled already (half of a command line's start).
 */
export const childEnvironment: Readonly<Record<string, string>> = {
  PATH: process.env.PATH ?? '',
  ...(process.env.NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE }),
}
