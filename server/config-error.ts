// The error of an invalid setting.

/** An invalid setting. Its message is shown to a person: one line, no password, no stack. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/** Parses the URL of a setting. Errors never repeat the text, because it may contain a password. */
export function parseUrl(name: string, text: string, protocols: string[], looksLike: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !protocols.includes(url.protocol) || url.hostname === '')
    throw new ConfigError(`${name} is not a URL of the form ${looksLike}.`)
  return url
}
