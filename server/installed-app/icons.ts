// The icons of the workspace as systems take them: drawn once for each change, and kept in memory.
import type { WorkspaceSettings } from '../access/workspace.ts'
import type { Pictures } from '../pictures/pictures.ts'
import type { IconTask } from '../pictures/tasks.ts'
import type { WorkspaceIcon } from '../protocol/workspace-icon.ts'
import { iconVersion } from './manifest.ts'

export interface IconDeps {
  settings: Pick<WorkspaceSettings, 'read' | 'picture'>
  pictures: Pick<Pictures, 'icon'>
}

type Shape = Pick<IconTask, 'size' | 'purpose'>

export class Icons {
  readonly #deps: IconDeps
  /** Of this version alone, by shape. */
  #version = ''
  readonly #drawn = new Map<string, Promise<Buffer | undefined>>()

  constructor(deps: IconDeps) {
    this.#deps = deps
  }

  /** PNG. `image` undefined: the mark of Brook stands for the workspace, or nothing else could be drawn here. */
  async icon(shape: Shape): Promise<{ image: Buffer | undefined; version: string }> {
    const workspace = await this.#deps.settings.read()
    const version = iconVersion(workspace)
    if (workspace.icon === undefined) return { image: undefined, version }
    if (version !== this.#version) this.#drawn.clear()
    this.#version = version
    const key = `${shape.size} ${shape.purpose}`
    const drawing = this.#drawn.get(key) ?? this.#draw(shape, workspace.icon)
    this.#drawn.set(key, drawing)
    const image = await drawing
    // Another attempt may find the processes of pictures idle.
    if (image === undefined && this.#drawn.get(key) === drawing) this.#drawn.delete(key)
    return { image, version }
  }

  async #draw(shape: Shape, { text, hue }: WorkspaceIcon): Promise<Buffer | undefined> {
    const picture = await this.#deps.settings.picture()
    const of = picture === undefined ? { text, hue } : { picture: picture.image }
    const outcome = await this.#deps.pictures.icon('the workspace', { ...shape, of })
    return 'done' in outcome ? Buffer.from(outcome.done.image) : undefined
  }
}
