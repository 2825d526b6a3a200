/**
 * A decoded value of which parts may have been refused: every field may be undefined.
 * A field that was given but refused is there with the value undefined.
 */
export type Loose<T> = T extends readonly (infer Item)[] ? (Loose<Item> | undefined)[] : T extends object ? { [Key in keyof T]?: Loose<T[Key]> | undefined } : T
