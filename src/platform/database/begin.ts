/** The statement, and the name under which a connection has it prepared. */
export const BEGIN = 'begin';
