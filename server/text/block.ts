// What a text is made of: blocks of lines, and the parts of a line.

export type Inline =
  | { is: 'text'; text: string }
  | { is: 'strong' | 'em' | 's' | 'spoiler'; in: Inline[] }
  | { is: 'code'; text: string }
  /** With its colons: one of the workspace's own emoji, if there is one of this name. */
  | { is: 'emoji'; text: string }
  /** `person` or `group`: the id of whom it means, if it is one. */
  | { is: 'mention'; text: string; mine: boolean; person?: string; group?: string }
  /** `to`: an address, or a page of this Brook. `bare`: the text is the address; `quiet`: ... in `<>`, and it has no card. */
  | { is: 'link'; to: string; bare?: true; quiet?: true; in: Inline[] }

export interface Item {
  /** In a numbered list, as it was typed: `007.`, `3)`. */
  mark?: string
  /** Of a task: whether its box is ticked. */
  done?: boolean
  blocks: Block[]
}
export type Side = 'left' | 'center' | 'right' | undefined
export type Block =
  | { is: 'words' | 'heading'; in: Inline[] }
  | { is: 'plain'; text: string }
  | { is: 'quote'; blocks: Block[] }
  /** `start`: the first number, if it is numbered. */
  | { is: 'list'; start: number | undefined; items: Item[] }
  | { is: 'code'; info: string; text: string }
  | { is: 'table'; sides: Side[]; rows: Inline[][][] }
  | { is: 'rule' }
