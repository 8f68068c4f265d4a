// What the server asks of the processes that read what people upload, and what they answer. Plain data: it crosses a pipe.
import type { Patch } from './scrub/patch.ts'

/** A file on this machine, or bytes that are kept nowhere yet. */
export type Source = string | Uint8Array

/** `inside`: as large as fits, never larger than the original. `cover`: exactly so large, its middle. */
export interface MakeTask {
  do: 'make'
  source: Source
  width: number
  height: number
  fit: 'inside' | 'cover'
}
/** WebP, without anything that the original says of itself. An animation's first frame. */
export interface Made {
  bytes: Uint8Array
  width: number
  height: number
}

/** An emoji: square, with nothing cut off, of customEmojiLimits.sizePx. One that moves keeps moving. */
export interface EmojiTask {
  do: 'emoji'
  source: Source
}
/** WebP. `still`: the first frame of one that moves. */
export interface MadeEmoji {
  image: Uint8Array
  still?: Uint8Array
}

/**
 * The icon of a workspace: of its picture, or of an emoji or letters on its colour, in degrees of OKLCH. `size`: pixels. `any`: with
 * round corners. `maskable`: a square of which the system shows what it likes.
 */
export interface IconTask {
  do: 'icon'
  size: number
  purpose: 'any' | 'maskable'
  of: { picture: Source } | { text: string; hue: number }
}
/** PNG. `unreadable` also if no font has what is to be drawn. */
export interface MadeIcon {
  image: Uint8Array
}

export interface LookTask {
  do: 'look'
  path: string
  /** Bytes. */
  size: number
}
export type LookedKind = 'image' | 'video' | 'audio' | 'pdf' | 'text' | 'other'
/** What a file is, by its content. `width` and `height`: as it is shown, upright. `thumb`: a thumbhash in base64. */
export interface Looked {
  type: string
  kind: LookedKind
  width?: number
  height?: number
  thumb?: string
  animated?: true
  /** What only its owner gets to read; missing if it says nothing. */
  patches?: Patch[]
}

/** `busy`: too many tasks wait. `failed`: it took too long, or brought its process down, so nobody should try again. */
export type Failure = 'unreadable' | 'too_many_pixels' | 'too_many_frames' | 'failed' | 'busy'
export type Outcome<T> = { done: T } | { failure: Failure }

export interface Tasks {
  make: { task: MakeTask; done: Made }
  emoji: { task: EmojiTask; done: MadeEmoji }
  icon: { task: IconTask; done: MadeIcon }
  look: { task: LookTask; done: Looked }
}
export type Task = Tasks[keyof Tasks]['task']
