// The keywords of all people, in the memory of the process that decides: what has changed since is read before each batch, so
// a message that comes after a change was answered is decided by it.
import { KeywordTrie } from './keyword-trie.ts'
import type { NotifySettingsStore } from './settings.ts'

export class KeywordBook {
  readonly #settings: Pick<NotifySettingsStore, 'version' | 'changedAfter'>
  readonly #trie = new KeywordTrie()
  readonly #known = new Map<string, readonly string[]>()
  #version = 0

  constructor(settings: Pick<NotifySettingsStore, 'version' | 'changedAfter'>) {
    this.#settings = settings
  }

  /** Everybody's keywords as they are now. */
  async read(): Promise<Pick<KeywordTrie, 'usersIn'>> {
    if ((await this.#settings.version()) !== this.#version) await this.#readChanges()
    return this.#trie
  }

  async #readChanges(): Promise<void> {
    const { version, changed } = await this.#settings.changedAfter(this.#version)
    for (const { user, settings } of changed) {
      for (const word of this.#known.get(user) ?? []) this.#trie.remove(user, word)
      for (const word of settings.keywords) this.#trie.add(user, word)
      if (settings.keywords.length > 0) this.#known.set(user, settings.keywords)
      else this.#known.delete(user)
    }
    this.#version = version
  }
}
