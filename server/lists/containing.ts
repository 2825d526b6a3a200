import { Op } from 'sequelize'

/** The condition that a text contains another one, letter case ignored. What LIKE takes for wildcards stands for itself. */
export function containing(text: string): { [Op.iLike]: string } {
  return { [Op.iLike]: `%${text.replace(/[\\%_]/g, '\\$&')}%` }
}
