/** In lower case, each character by itself, so that places in both texts are the same. */
export function foldText(text: string): string {
  return text.replace(/\p{Lu}/gu, foldCharacter)
}

function foldCharacter(character: string): string {
  const folded = character.toLowerCase()
  return folded.length === character.length ? folded : character
}
