// Where files come from, and which pictures stand around them: what a gallery needs besides the picture that was pressed.
import { inject, provide, type InjectionKey } from 'vue'
import type { FileRef } from '../../../server/protocol/files.ts'

export interface Source {
  /** Who sent them. */
  name: string
  at: number
  /** Leads to its message, from where that is not on screen. */
  go?: () => unknown
}

export interface ShownPicture {
  file: FileRef
  source: Source | undefined
}

const around: InjectionKey<() => ShownPicture[]> = Symbol('pictures around')

/** All pictures of a list, in their order: a gallery goes through them. */
export const providePictures = (pictures: () => ShownPicture[]): void => provide(around, pictures)

/** None: those of the message alone. */
export const usePicturesAround = (): (() => ShownPicture[]) => inject(around, () => [])

export const picturesOf = (files: readonly FileRef[] = [], source: Source | undefined): ShownPicture[] =>
  files.flatMap((file) => (file.kind === 'image' ? [{ file, source }] : []))
